# SPDX-License-Identifier: Apache-2.0
SSM_TESTS = \
	tests/unit/evidence/ssm/t_ssm_agent \
	tests/unit/evidence/ssm/t_ssm_payload
check_PROGRAMS += $(SSM_TESTS)
TESTS += $(SSM_TESTS)

tests_unit_evidence_ssm_t_ssm_agent_SOURCES = tests/unit/evidence/ssm/t_ssm_agent.c
tests_unit_evidence_ssm_t_ssm_agent_LDADD = libevidence.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_evidence_ssm_t_ssm_payload_SOURCES = tests/unit/evidence/ssm/t_ssm_payload.c
tests_unit_evidence_ssm_t_ssm_payload_LDADD = libevidence.a libcorrelator.a $(SUPPORT_LIBS)
