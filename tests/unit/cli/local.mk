# SPDX-License-Identifier: Apache-2.0
CLI_TESTS = \
	tests/unit/cli/t_doctor \
	tests/unit/cli/t_event_list \
	tests/unit/cli/t_file_list \
	tests/unit/cli/t_host_names \
	tests/unit/cli/t_id_set \
	tests/unit/cli/t_identity_file \
	tests/unit/cli/t_moment \
	tests/unit/cli/t_posture_text \
	tests/unit/cli/t_problems \
	tests/unit/cli/t_replay_options \
	tests/unit/cli/t_screen \
	tests/unit/cli/t_wrap
check_PROGRAMS += $(CLI_TESTS)
TESTS += $(CLI_TESTS)

tests_unit_cli_t_doctor_SOURCES = tests/unit/cli/t_doctor.c
tests_unit_cli_t_doctor_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_event_list_SOURCES = tests/unit/cli/t_event_list.c
tests_unit_cli_t_event_list_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_file_list_SOURCES = tests/unit/cli/t_file_list.c
tests_unit_cli_t_file_list_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_host_names_SOURCES = tests/unit/cli/t_host_names.c
tests_unit_cli_t_host_names_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_id_set_SOURCES = tests/unit/cli/t_id_set.c
tests_unit_cli_t_id_set_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_identity_file_SOURCES = tests/unit/cli/t_identity_file.c
tests_unit_cli_t_identity_file_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_moment_SOURCES = tests/unit/cli/t_moment.c
tests_unit_cli_t_moment_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_posture_text_SOURCES = tests/unit/cli/t_posture_text.c
tests_unit_cli_t_posture_text_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_problems_SOURCES = tests/unit/cli/t_problems.c
tests_unit_cli_t_problems_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_replay_options_SOURCES = tests/unit/cli/t_replay_options.c
tests_unit_cli_t_replay_options_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_screen_SOURCES = tests/unit/cli/t_screen.c
tests_unit_cli_t_screen_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
tests_unit_cli_t_wrap_SOURCES = tests/unit/cli/t_wrap.c
tests_unit_cli_t_wrap_LDADD = $(CLI_LIBS) $(SUPPORT_LIBS)
