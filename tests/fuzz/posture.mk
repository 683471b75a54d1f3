# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/fuzz_posture/.
FUZZ_TARGETS += tests/fuzz/fuzz_posture
tests_fuzz_fuzz_posture_SOURCES = tests/fuzz/fuzz_posture.c $(FUZZ_MAIN)
tests_fuzz_fuzz_posture_LDADD = $(CLI_LIBS)
tests_fuzz_fuzz_posture_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += tests/fuzz/corpus/fuzz_posture
