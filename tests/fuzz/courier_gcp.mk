# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/fuzz_gcp_answer/.
FUZZ_TARGETS += tests/fuzz/fuzz_gcp_answer
tests_fuzz_fuzz_gcp_answer_SOURCES = tests/fuzz/fuzz_gcp_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_gcp_answer_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_gcp_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_gcp_answer/denied.json \
	tests/fuzz/corpus/fuzz_gcp_answer/email \
	tests/fuzz/corpus/fuzz_gcp_answer/instance \
	tests/fuzz/corpus/fuzz_gcp_answer/interfaces.json \
	tests/fuzz/corpus/fuzz_gcp_answer/keys \
	tests/fuzz/corpus/fuzz_gcp_answer/page.json \
	tests/fuzz/corpus/fuzz_gcp_answer/project \
	tests/fuzz/corpus/fuzz_gcp_answer/scopes \
	tests/fuzz/corpus/fuzz_gcp_answer/network-tags \
	tests/fuzz/corpus/fuzz_gcp_answer/throttled.json \
	tests/fuzz/corpus/fuzz_gcp_answer/zone
