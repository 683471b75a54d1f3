# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/fuzz_message/,
# tests/fuzz/corpus/fuzz_http_head/, tests/fuzz/corpus/fuzz_metadata/ and
# tests/fuzz/corpus/fuzz_deliver_answer/.
FUZZ_TARGETS += \
	tests/fuzz/fuzz_deliver_answer tests/fuzz/fuzz_http_head tests/fuzz/fuzz_message \
	tests/fuzz/fuzz_metadata
tests_fuzz_fuzz_deliver_answer_SOURCES = tests/fuzz/fuzz_deliver_answer.c $(FUZZ_MAIN)
tests_fuzz_fuzz_deliver_answer_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_deliver_answer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_http_head_SOURCES = tests/fuzz/fuzz_http_head.c $(FUZZ_MAIN)
tests_fuzz_fuzz_http_head_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_http_head_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_message_SOURCES = tests/fuzz/fuzz_message.c $(FUZZ_MAIN)
tests_fuzz_fuzz_message_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_message_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_metadata_SOURCES = tests/fuzz/fuzz_metadata.c $(FUZZ_MAIN)
tests_fuzz_fuzz_metadata_LDADD = $(COURIER_LIBS)
tests_fuzz_fuzz_metadata_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_deliver_answer/acks.json \
	tests/fuzz/corpus/fuzz_deliver_answer/bulk.json \
	tests/fuzz/corpus/fuzz_deliver_answer/pagerduty.json \
	tests/fuzz/corpus/fuzz_deliver_answer/splunk.json \
	tests/fuzz/corpus/fuzz_deliver_answer/teams \
	tests/fuzz/corpus/fuzz_http_head/later \
	tests/fuzz/corpus/fuzz_http_head/ok \
	tests/fuzz/corpus/fuzz_http_head/throttled \
	tests/fuzz/corpus/fuzz_message/ask-identity \
	tests/fuzz/corpus/fuzz_message/ask-page \
	tests/fuzz/corpus/fuzz_message/check \
	tests/fuzz/corpus/fuzz_message/deliver \
	tests/fuzz/corpus/fuzz_message/delivered \
	tests/fuzz/corpus/fuzz_message/identity \
	tests/fuzz/corpus/fuzz_message/page \
	tests/fuzz/corpus/fuzz_metadata/address \
	tests/fuzz/corpus/fuzz_metadata/credentials.json \
	tests/fuzz/corpus/fuzz_metadata/document.json \
	tests/fuzz/corpus/fuzz_metadata/domain \
	tests/fuzz/corpus/fuzz_metadata/role
include tests/fuzz/courier_azure.mk
include tests/fuzz/courier_gcp.mk
