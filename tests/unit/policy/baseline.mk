# SPDX-License-Identifier: Apache-2.0
BASELINE_TESTS = \
	tests/unit/policy/t_baseline \
	tests/unit/policy/t_baseline_rate
check_PROGRAMS += $(BASELINE_TESTS)
TESTS += $(BASELINE_TESTS)

BASELINE_LAB = tests/unit/policy/baseline_lab.c tests/unit/policy/baseline_lab.h
tests_unit_policy_t_baseline_SOURCES = tests/unit/policy/t_baseline.c $(BASELINE_LAB)
tests_unit_policy_t_baseline_LDADD = $(POLICY_LIBS) $(SUPPORT_LIBS)
tests_unit_policy_t_baseline_rate_SOURCES = tests/unit/policy/t_baseline_rate.c $(BASELINE_LAB)
tests_unit_policy_t_baseline_rate_LDADD = $(POLICY_LIBS) $(SUPPORT_LIBS)
