# SPDX-License-Identifier: Apache-2.0
# The administrators' command line: everything but main.c is in a library, for its tests.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	cli/access_drop_in.c cli/access_drop_in.h \
	cli/ask.c cli/ask.h \
	cli/ask_options.c cli/ask_options.h \
	cli/asking.c cli/asking.h \
	cli/choice.c cli/choice.h \
	cli/cmd_alerts.c \
	cli/cmd_baseline.c \
	cli/cmd_check_config.c \
	cli/cmd_doctor.c \
	cli/cmd_explain.c \
	cli/cmd_logins.c \
	cli/cmd_posture.c \
	cli/cmd_replay.c cli/command.h \
	cli/cmd_report.c \
	cli/cmd_status.c \
	cli/cmd_test_alert.c \
	cli/commands.c \
	cli/doctor.c cli/doctor.h \
	cli/event_list.c cli/event_list.h \
	cli/evidence_store.c cli/evidence_store.h \
	cli/explain.c cli/explain.h \
	cli/explain_text.c cli/explain_text.h \
	cli/file_list.c cli/file_list.h \
	cli/head_line.c cli/head_line.h \
	cli/host_names.c cli/host_names.h \
	cli/html.c cli/html.h \
	cli/id_set.c cli/id_set.h \
	cli/identity_document.c cli/identity_document.h \
	cli/identity_file.c cli/identity_file.h \
	cli/judge.c cli/judge.h \
	cli/judge_baseline.c cli/judge_baseline.h \
	cli/load_api.c cli/load_api.h \
	cli/load_host.c cli/load_host.h \
	cli/load_journal.c \
	cli/login_cell.c cli/login_cell.h \
	cli/login_count.c cli/login_count.h \
	cli/login_row.c cli/login_row.h \
	cli/meter.c cli/meter.h \
	cli/moment.c cli/moment.h \
	cli/page.c cli/page.h \
	cli/page_html.c \
	cli/page_timeline.c \
	cli/posture.c cli/posture.h \
	cli/posture_aws.c \
	cli/posture_azure.c \
	cli/posture_console.c \
	cli/posture_gcp.c \
	cli/posture_metadata.c \
	cli/posture_options.c cli/posture_options.h \
	cli/posture_ssh.c \
	cli/posture_sshd.c \
	cli/posture_text.c cli/posture_text.h \
	cli/posture_tree.c cli/posture_tree.h \
	cli/posture_units.c \
	cli/posture_use.c cli/posture_use.h \
	cli/posture_view.c cli/posture_view.h \
	cli/problems.c cli/problems.h \
	cli/reader.c cli/reader.h \
	cli/replay_options.c cli/replay_options.h \
	cli/replay_policy.c cli/replay_policy.h \
	cli/report.c cli/report.h \
	cli/report_format.c cli/report_format.h \
	cli/report_json.c \
	cli/report_table.c \
	cli/report_text.c \
	cli/screen.c cli/screen.h \
	cli/status_lists.c cli/status_lists.h \
	cli/status_page.c cli/status_page.h \
	cli/status_text.c cli/status_text.h \
	cli/wrap.c cli/wrap.h
libcli_a_CPPFLAGS = $(AM_CPPFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
CLI_LIBS = libcli.a libcontrolrequest.a libpolicy.a libconfig.a libalert.a libevidence.a \
	libcorrelator.a libinput.a $(INPUT_LIBS) \
	$(SMARTCOLS_LIBS) $(PCRE2_LIBS) $(BASE_LIBS)

bin_PROGRAMS += countersign
countersign_SOURCES = cli/main.c
countersign_LDADD = $(CLI_LIBS)

dist_man_MANS += docs/man/countersign.1 docs/man/countersign-alerts.7 \
	docs/man/countersign-choose-access.8 docs/man/countersign-courier.8 \
	docs/man/countersign-policy.5 docs/man/countersign.conf.5 docs/man/countersignd.8

# bash-completion finds it by the command's name and ".bash".
dist_bashcompletion_DATA += cli/completion/countersign.bash
# zsh finds it by its name in any folder of its fpath; Debian's own is vendor-completions.
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = cli/completion/_countersign
