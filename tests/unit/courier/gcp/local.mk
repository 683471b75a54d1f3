# SPDX-License-Identifier: Apache-2.0
COURIER_GCP_TESTS = \
	tests/unit/courier/gcp/t_api_error \
	tests/unit/courier/gcp/t_entries \
	tests/unit/courier/gcp/t_here \
	tests/unit/courier/gcp/t_identity_texts \
	tests/unit/courier/gcp/t_key_texts \
	tests/unit/courier/gcp/t_service_account
check_PROGRAMS += $(COURIER_GCP_TESTS)
TESTS += $(COURIER_GCP_TESTS)
COURIER_GCP_LIBS = $(COURIER_LIBS) $(SUPPORT_LIBS)

tests_unit_courier_gcp_t_api_error_SOURCES = tests/unit/courier/gcp/t_api_error.c
tests_unit_courier_gcp_t_api_error_LDADD = $(COURIER_GCP_LIBS)
tests_unit_courier_gcp_t_entries_SOURCES = tests/unit/courier/gcp/t_entries.c
tests_unit_courier_gcp_t_entries_LDADD = $(COURIER_GCP_LIBS)
tests_unit_courier_gcp_t_here_SOURCES = tests/unit/courier/gcp/t_here.c
tests_unit_courier_gcp_t_here_LDADD = $(COURIER_GCP_LIBS)
tests_unit_courier_gcp_t_identity_texts_SOURCES = tests/unit/courier/gcp/t_identity_texts.c
tests_unit_courier_gcp_t_identity_texts_LDADD = $(COURIER_GCP_LIBS)
tests_unit_courier_gcp_t_key_texts_SOURCES = tests/unit/courier/gcp/t_key_texts.c
tests_unit_courier_gcp_t_key_texts_LDADD = $(COURIER_GCP_LIBS)
tests_unit_courier_gcp_t_service_account_SOURCES = tests/unit/courier/gcp/t_service_account.c
tests_unit_courier_gcp_t_service_account_LDADD = $(COURIER_GCP_LIBS)
