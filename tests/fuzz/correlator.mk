# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Any bytes are a seed.
FUZZ_TARGETS += tests/fuzz/fuzz_correlator
tests_fuzz_fuzz_correlator_SOURCES = tests/fuzz/fuzz_correlator.c \
	tests/unit/correlator/event_stream.c tests/unit/correlator/event_stream.h \
	tests/unit/correlator/settled.c tests/unit/correlator/settled.h $(FUZZ_MAIN)
tests_fuzz_fuzz_correlator_LDADD = libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_correlator_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_correlator/stream-1 \
	tests/fuzz/corpus/fuzz_correlator/stream-2 \
	tests/fuzz/corpus/fuzz_correlator/stream-3 \
	tests/fuzz/corpus/fuzz_correlator/stream-4 \
	tests/fuzz/corpus/fuzz_correlator/stream-5 \
	tests/fuzz/corpus/fuzz_correlator/stream-6 \
	tests/fuzz/corpus/fuzz_correlator/stream-7 \
	tests/fuzz/corpus/fuzz_correlator/stream-8
