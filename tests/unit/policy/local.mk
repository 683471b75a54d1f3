# SPDX-License-Identifier: Apache-2.0
POLICY_TESTS = \
	tests/unit/policy/t_decide \
	tests/unit/policy/t_hours \
	tests/unit/policy/t_network \
	tests/unit/policy/t_pattern \
	tests/unit/policy/t_read \
	tests/unit/policy/t_shipped \
	tests/unit/policy/t_suppress \
	tests/unit/policy/t_undecided
check_PROGRAMS += $(POLICY_TESTS)
TESTS += $(POLICY_TESTS)

POLICY_TEST_LIBS = $(POLICY_LIBS) $(SUPPORT_LIBS)
POLICY_ASK = tests/unit/policy/ask.c tests/unit/policy/ask.h

tests_unit_policy_t_decide_SOURCES = tests/unit/policy/t_decide.c $(POLICY_ASK)
tests_unit_policy_t_decide_LDADD = $(POLICY_TEST_LIBS)
tests_unit_policy_t_hours_SOURCES = tests/unit/policy/t_hours.c
tests_unit_policy_t_hours_LDADD = $(POLICY_TEST_LIBS)
tests_unit_policy_t_network_SOURCES = tests/unit/policy/t_network.c
tests_unit_policy_t_network_LDADD = $(POLICY_TEST_LIBS)
tests_unit_policy_t_pattern_SOURCES = tests/unit/policy/t_pattern.c
tests_unit_policy_t_pattern_LDADD = $(POLICY_TEST_LIBS)
# The scratch folder is one of input's tests.
tests_unit_policy_t_read_SOURCES = tests/unit/policy/t_read.c $(POLICY_ASK)
tests_unit_policy_t_read_LDADD = libinputsupport.a $(POLICY_TEST_LIBS) $(ZLIB_LIBS)
tests_unit_policy_t_shipped_SOURCES = tests/unit/policy/t_shipped.c $(POLICY_ASK)
tests_unit_policy_t_shipped_LDADD = $(POLICY_TEST_LIBS)
tests_unit_policy_t_suppress_SOURCES = tests/unit/policy/t_suppress.c $(POLICY_ASK)
tests_unit_policy_t_suppress_LDADD = $(POLICY_TEST_LIBS)
tests_unit_policy_t_undecided_SOURCES = tests/unit/policy/t_undecided.c $(POLICY_ASK)
tests_unit_policy_t_undecided_LDADD = $(POLICY_TEST_LIBS)
