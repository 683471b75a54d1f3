# SPDX-License-Identifier: Apache-2.0
INPUT_TESTS = \
	tests/unit/input/t_gzip \
	tests/unit/input/t_journal \
	tests/unit/input/t_journal_export \
	tests/unit/input/t_journal_export_parse \
	tests/unit/input/t_journal_fields \
	tests/unit/input/t_lines \
	tests/unit/input/t_open \
	tests/unit/input/t_walk
check_PROGRAMS += $(INPUT_TESTS)
TESTS += $(INPUT_TESTS)

check_LIBRARIES += libinputsupport.a
libinputsupport_a_SOURCES = \
	tests/unit/input/journals.c tests/unit/input/journals.h \
	tests/unit/input/scratch.c tests/unit/input/scratch.h
INPUT_TEST_LIBS = libinputsupport.a libinput.a $(SUPPORT_LIBS) $(INPUT_LIBS)

tests_unit_input_t_gzip_SOURCES = tests/unit/input/t_gzip.c
tests_unit_input_t_gzip_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_journal_SOURCES = tests/unit/input/t_journal.c
tests_unit_input_t_journal_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_journal_export_SOURCES = tests/unit/input/t_journal_export.c
tests_unit_input_t_journal_export_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_journal_export_parse_SOURCES = tests/unit/input/t_journal_export_parse.c
tests_unit_input_t_journal_export_parse_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_journal_fields_SOURCES = tests/unit/input/t_journal_fields.c
tests_unit_input_t_journal_fields_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_lines_SOURCES = tests/unit/input/t_lines.c
tests_unit_input_t_lines_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_open_SOURCES = tests/unit/input/t_open.c
tests_unit_input_t_open_LDADD = $(INPUT_TEST_LIBS)
tests_unit_input_t_walk_SOURCES = tests/unit/input/t_walk.c
tests_unit_input_t_walk_LDADD = $(INPUT_TEST_LIBS)
