# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fixtures/journal_export/.
FUZZ_TARGETS += tests/fuzz/fuzz_journal_export
tests_fuzz_fuzz_journal_export_SOURCES = tests/fuzz/fuzz_journal_export.c $(FUZZ_MAIN)
tests_fuzz_fuzz_journal_export_LDADD = libinput.a $(BASE_LIBS) $(INPUT_LIBS)
tests_fuzz_fuzz_journal_export_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fixtures/journal_export/binary.export \
	tests/fixtures/journal_export/damaged.export \
	tests/fixtures/journal_export/logins.export
