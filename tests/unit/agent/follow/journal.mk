# SPDX-License-Identifier: Apache-2.0
JOURNAL_FOLLOW_TESTS = \
	tests/unit/agent/follow/t_journal_follow \
	tests/unit/agent/follow/t_ssm_folders
check_PROGRAMS += $(JOURNAL_FOLLOW_TESTS)
TESTS += $(JOURNAL_FOLLOW_TESTS)

JOURNAL_FOLLOW_TEST_LIBS = libinputsupport.a $(FOLLOW_LIBS) libevidence.a libcorrelator.a \
	libinput.a $(SUPPORT_LIBS) $(INPUT_LIBS)
tests_unit_agent_follow_t_journal_follow_SOURCES = \
	tests/unit/agent/follow/t_journal_follow.c
tests_unit_agent_follow_t_journal_follow_LDADD = $(JOURNAL_FOLLOW_TEST_LIBS)
tests_unit_agent_follow_t_ssm_folders_SOURCES = tests/unit/agent/follow/t_ssm_folders.c
tests_unit_agent_follow_t_ssm_folders_LDADD = $(JOURNAL_FOLLOW_TEST_LIBS)
