# SPDX-License-Identifier: Apache-2.0
SINK_TESTS = \
	tests/unit/agent/sink/t_file \
	tests/unit/agent/sink/t_journal_entry
check_PROGRAMS += $(SINK_TESTS)
TESTS += $(SINK_TESTS)

SINK_TEST_LIBS = libinputsupport.a $(SINK_LIBS) $(SUPPORT_LIBS) $(ZLIB_LIBS)

tests_unit_agent_sink_t_file_SOURCES = tests/unit/agent/sink/t_file.c
tests_unit_agent_sink_t_file_LDADD = $(SINK_TEST_LIBS)
tests_unit_agent_sink_t_journal_entry_SOURCES = tests/unit/agent/sink/t_journal_entry.c
tests_unit_agent_sink_t_journal_entry_LDADD = $(SINK_TEST_LIBS)
