# SPDX-License-Identifier: Apache-2.0
AZURE_HOST_TESTS = \
	tests/unit/evidence/host/t_azure_agent \
	tests/unit/evidence/host/t_azure_entra \
	tests/unit/evidence/host/t_azure_extension \
	tests/unit/evidence/host/t_azure_handler
check_PROGRAMS += $(AZURE_HOST_TESTS)
TESTS += $(AZURE_HOST_TESTS)

AZURE_HOST_TEST = tests/unit/evidence/host/azure_test.c tests/unit/evidence/host/azure_test.h

tests_unit_evidence_host_t_azure_agent_SOURCES = tests/unit/evidence/host/t_azure_agent.c $(AZURE_HOST_TEST) $(HOST_TEST)
tests_unit_evidence_host_t_azure_agent_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_azure_entra_SOURCES = tests/unit/evidence/host/t_azure_entra.c $(HOST_TEST)
tests_unit_evidence_host_t_azure_entra_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_azure_extension_SOURCES = tests/unit/evidence/host/t_azure_extension.c $(AZURE_HOST_TEST)
tests_unit_evidence_host_t_azure_extension_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_azure_handler_SOURCES = tests/unit/evidence/host/t_azure_handler.c $(AZURE_HOST_TEST)
tests_unit_evidence_host_t_azure_handler_LDADD = $(HOST_TEST_LIBS)
