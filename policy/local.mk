# SPDX-License-Identifier: Apache-2.0
# A program that links libpolicy.a needs $(POLICY_LIBS) after it.
noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	policy/baseline.c policy/baseline.h \
	policy/baseline_key.c policy/baseline_key.h \
	policy/baseline_kinds.c policy/baseline_state.h \
	policy/baseline_options.c policy/baseline_options.h \
	policy/baseline_rate.c policy/baseline_rate.h \
	policy/baseline_rows.c \
	policy/baseline_table.c policy/baseline_table.h \
	policy/baseline_tell.c \
	policy/conditions.def \
	policy/finding_rules.c policy/finding_rules.h \
	policy/hours.c policy/hours.h \
	policy/network.c policy/network.h \
	policy/option.c policy/option.h \
	policy/pattern.c policy/pattern.h \
	policy/policy.c policy/policy.h \
	policy/print.c \
	policy/read.c policy/read.h \
	policy/read_rule.c \
	policy/rule.c policy/rule.h \
	policy/state.h
POLICY_LIBS = libpolicy.a libconfig.a libalert.a libcorrelator.a $(PCRE2_LIBS)
