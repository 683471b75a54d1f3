# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk.
FUZZ_TARGETS += tests/fuzz/fuzz_journal_place
tests_fuzz_fuzz_journal_place_SOURCES = tests/fuzz/fuzz_journal_place.c $(FUZZ_MAIN)
tests_fuzz_fuzz_journal_place_LDADD = $(FOLLOW_LIBS) libevidence.a libcorrelator.a libinput.a \
	$(BASE_LIBS) $(INPUT_LIBS)
tests_fuzz_fuzz_journal_place_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_journal_place/begun \
	tests/fuzz/corpus/fuzz_journal_place/chains
