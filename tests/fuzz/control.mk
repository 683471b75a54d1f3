# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. The corpus is its own.
FUZZ_TARGETS += tests/fuzz/fuzz_control
tests_fuzz_fuzz_control_SOURCES = tests/fuzz/fuzz_control.c $(FUZZ_MAIN)
tests_fuzz_fuzz_control_LDADD = libcontrolrequest.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_control_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_control/baseline \
	tests/fuzz/corpus/fuzz_control/explain \
	tests/fuzz/corpus/fuzz_control/logins \
	tests/fuzz/corpus/fuzz_control/status \
	tests/fuzz/corpus/fuzz_control/unknown
