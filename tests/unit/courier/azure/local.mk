# SPDX-License-Identifier: Apache-2.0
# Included after tests/unit/courier/local.mk, which says what to link.
COURIER_AZURE_TESTS = \
	tests/unit/courier/azure/t_activity \
	tests/unit/courier/azure/t_answer_error \
	tests/unit/courier/azure/t_environment \
	tests/unit/courier/azure/t_here \
	tests/unit/courier/azure/t_identity_texts
check_PROGRAMS += $(COURIER_AZURE_TESTS)
TESTS += $(COURIER_AZURE_TESTS)

tests_unit_courier_azure_t_activity_SOURCES = tests/unit/courier/azure/t_activity.c
tests_unit_courier_azure_t_activity_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_azure_t_answer_error_SOURCES = tests/unit/courier/azure/t_answer_error.c
tests_unit_courier_azure_t_answer_error_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_azure_t_environment_SOURCES = tests/unit/courier/azure/t_environment.c
tests_unit_courier_azure_t_environment_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_azure_t_here_SOURCES = tests/unit/courier/azure/t_here.c
tests_unit_courier_azure_t_here_LDADD = $(COURIER_TEST_LIBS)
tests_unit_courier_azure_t_identity_texts_SOURCES = tests/unit/courier/azure/t_identity_texts.c
tests_unit_courier_azure_t_identity_texts_LDADD = $(COURIER_TEST_LIBS)
