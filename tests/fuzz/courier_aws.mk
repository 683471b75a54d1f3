# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/TARGET/.
FUZZ_TARGETS += tests/fuzz/fuzz_aws_answer tests/fuzz/fuzz_sts_answer
tests_fuzz_fuzz_aws_answer_SOURCES = tests/fuzz/fuzz_aws_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_aws_answer_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_aws_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sts_answer_SOURCES = tests/fuzz/fuzz_sts_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_sts_answer_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_sts_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_aws_answer/commands.json \
	tests/fuzz/corpus/fuzz_aws_answer/denied.json \
	tests/fuzz/corpus/fuzz_aws_answer/error.xml \
	tests/fuzz/corpus/fuzz_aws_answer/page.json \
	tests/fuzz/corpus/fuzz_aws_answer/throttled.json \
	tests/fuzz/corpus/fuzz_sts_answer/assumed.xml
