# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. The corpus is its own.
FUZZ_TARGETS += tests/fuzz/fuzz_baseline
tests_fuzz_fuzz_baseline_SOURCES = tests/fuzz/fuzz_baseline.c $(FUZZ_MAIN)
tests_fuzz_fuzz_baseline_LDADD = $(POLICY_LIBS) $(BASE_LIBS)
tests_fuzz_fuzz_baseline_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_baseline/logins \
	tests/fuzz/corpus/fuzz_baseline/rows
