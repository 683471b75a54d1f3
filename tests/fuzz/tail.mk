# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/.
FUZZ_TARGETS += tests/fuzz/fuzz_tail_cursor
tests_fuzz_fuzz_tail_cursor_SOURCES = tests/fuzz/fuzz_tail_cursor.c $(FUZZ_MAIN)
tests_fuzz_fuzz_tail_cursor_LDADD = $(FOLLOW_LIBS) libinput.a $(BASE_LIBS) $(INPUT_LIBS)
tests_fuzz_fuzz_tail_cursor_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_tail_cursor/following \
	tests/fuzz/corpus/fuzz_tail_cursor/lost \
	tests/fuzz/corpus/fuzz_tail_cursor/name \
	tests/fuzz/corpus/fuzz_tail_cursor/start
