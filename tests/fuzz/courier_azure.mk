# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/TARGET/.
FUZZ_TARGETS += tests/fuzz/fuzz_azure_answer
tests_fuzz_fuzz_azure_answer_SOURCES = tests/fuzz/fuzz_azure_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_azure_answer_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_azure_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_azure_answer/denied.json \
	tests/fuzz/corpus/fuzz_azure_answer/instance.json \
	tests/fuzz/corpus/fuzz_azure_answer/link \
	tests/fuzz/corpus/fuzz_azure_answer/no-identity.json \
	tests/fuzz/corpus/fuzz_azure_answer/page.json \
	tests/fuzz/corpus/fuzz_azure_answer/scale-set.json \
	tests/fuzz/corpus/fuzz_azure_answer/token.json
