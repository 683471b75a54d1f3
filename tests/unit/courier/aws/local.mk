# SPDX-License-Identifier: Apache-2.0
COURIER_AWS_TESTS = \
	tests/unit/courier/aws/t_answer_error \
	tests/unit/courier/aws/t_endpoint \
	tests/unit/courier/aws/t_here \
	tests/unit/courier/aws/t_query \
	tests/unit/courier/aws/t_sigv4 \
	tests/unit/courier/aws/t_sts
check_PROGRAMS += $(COURIER_AWS_TESTS)
TESTS += $(COURIER_AWS_TESTS)
COURIER_AWS_LIBS = $(COURIER_LIBS) $(SUPPORT_LIBS)

tests_unit_courier_aws_t_answer_error_SOURCES = tests/unit/courier/aws/t_answer_error.c
tests_unit_courier_aws_t_answer_error_LDADD = $(COURIER_AWS_LIBS)
tests_unit_courier_aws_t_endpoint_SOURCES = tests/unit/courier/aws/t_endpoint.c
tests_unit_courier_aws_t_endpoint_LDADD = $(COURIER_AWS_LIBS)
tests_unit_courier_aws_t_here_SOURCES = tests/unit/courier/aws/t_here.c
tests_unit_courier_aws_t_here_LDADD = $(COURIER_AWS_LIBS)
tests_unit_courier_aws_t_query_SOURCES = tests/unit/courier/aws/t_query.c
tests_unit_courier_aws_t_query_LDADD = $(COURIER_AWS_LIBS)
tests_unit_courier_aws_t_sigv4_SOURCES = tests/unit/courier/aws/t_sigv4.c
tests_unit_courier_aws_t_sigv4_LDADD = $(COURIER_AWS_LIBS)
tests_unit_courier_aws_t_sts_SOURCES = tests/unit/courier/aws/t_sts.c
tests_unit_courier_aws_t_sts_LDADD = $(COURIER_AWS_LIBS)
