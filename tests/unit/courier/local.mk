# SPDX-License-Identifier: Apache-2.0
COURIER_TESTS = \
	tests/unit/courier/t_address \
	tests/unit/courier/t_answer \
	tests/unit/courier/t_deliver_answer \
	tests/unit/courier/t_fates \
	tests/unit/courier/t_http \
	tests/unit/courier/t_http_head \
	tests/unit/courier/t_http_policy \
	tests/unit/courier/t_message \
	tests/unit/courier/t_option_list \
	tests/unit/courier/t_origin \
	tests/unit/courier/t_secret \
	tests/unit/courier/t_syslog_frame \
	tests/unit/courier/t_token \
	tests/unit/courier/t_wipe \
	tests/unit/courier/aws/t_identity_texts \
	tests/unit/courier/aws/t_role_credentials
check_PROGRAMS += $(COURIER_TESTS)
TESTS += $(COURIER_TESTS)

COURIER_TEST_LIBS = $(SUPPORT_LIBS) $(COURIER_LIBS)

tests_unit_courier_t_address_SOURCES = tests/unit/courier/t_address.c
tests_unit_courier_t_address_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_answer_SOURCES = tests/unit/courier/t_answer.c
tests_unit_courier_t_answer_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_deliver_answer_SOURCES = tests/unit/courier/t_deliver_answer.c
tests_unit_courier_t_deliver_answer_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_fates_SOURCES = tests/unit/courier/t_fates.c
tests_unit_courier_t_fates_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_http_SOURCES = tests/unit/courier/t_http.c
tests_unit_courier_t_http_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_http_head_SOURCES = tests/unit/courier/t_http_head.c
tests_unit_courier_t_http_head_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_http_policy_SOURCES = tests/unit/courier/t_http_policy.c
tests_unit_courier_t_http_policy_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_message_SOURCES = tests/unit/courier/t_message.c
tests_unit_courier_t_message_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_option_list_SOURCES = tests/unit/courier/t_option_list.c
tests_unit_courier_t_option_list_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_origin_SOURCES = tests/unit/courier/t_origin.c
tests_unit_courier_t_origin_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_secret_SOURCES = tests/unit/courier/t_secret.c
tests_unit_courier_t_secret_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_syslog_frame_SOURCES = tests/unit/courier/t_syslog_frame.c
tests_unit_courier_t_syslog_frame_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_token_SOURCES = tests/unit/courier/t_token.c
tests_unit_courier_t_token_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_t_wipe_SOURCES = tests/unit/courier/t_wipe.c
tests_unit_courier_t_wipe_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_aws_t_identity_texts_SOURCES = tests/unit/courier/aws/t_identity_texts.c
tests_unit_courier_aws_t_identity_texts_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_aws_t_role_credentials_SOURCES = \
	tests/unit/courier/aws/t_role_credentials.c
tests_unit_courier_aws_t_role_credentials_LDADD = $(COURIER_TEST_LIBS)
include tests/unit/courier/azure/local.mk
include tests/unit/courier/gcp/local.mk
