# SPDX-License-Identifier: Apache-2.0
# The administrators' command line: everything but main.c is in a library, for its tests.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	cli/arena.c cli/arena.h \
	cli/cmd_replay.c cli/command.h \
	cli/coverage.c cli/coverage.h \
	cli/event_list.c cli/event_list.h \
	cli/evidence_store.c cli/evidence_store.h \
	cli/explain.c cli/explain.h \
	cli/explain_text.c \
	cli/file_list.c cli/file_list.h \
	cli/host_names.c cli/host_names.h \
	cli/id_set.c cli/id_set.h \
	cli/identity_file.c cli/identity_file.h \
	cli/judge.c cli/judge.h \
	cli/load_api.c cli/load_api.h \
	cli/load_host.c cli/load_host.h \
	cli/load_journal.c \
	cli/login_cell.c cli/login_cell.h \
	cli/meter.c cli/meter.h \
	cli/moment.c cli/moment.h \
	cli/problems.c cli/problems.h \
	cli/replay_options.c cli/replay_options.h \
	cli/report.c cli/report.h \
	cli/report_json.c \
	cli/report_table.c \
	cli/report_text.c \
	cli/s3_name.c cli/s3_name.h \
	cli/screen.c cli/screen.h \
	cli/wrap.c cli/wrap.h
CLI_LIBS = libcli.a libalert.a libevidence.a libcorrelator.a libinput.a $(INPUT_LIBS) \
	$(SMARTCOLS_LIBS) $(BASE_LIBS)

bin_PROGRAMS += countersign
countersign_SOURCES = cli/main.c
countersign_LDADD = $(CLI_LIBS)

dist_man_MANS += docs/man/countersign.1

# bash-completion finds it by the command's name and ".bash".
dist_bashcompletion_DATA += cli/completion/countersign.bash
