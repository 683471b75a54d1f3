# SPDX-License-Identifier: Apache-2.0
# A program that links libpolicy.a needs $(POLICY_LIBS) after it.
noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	policy/baseline.c policy/baseline.h \
	policy/baseline_options.h \
	policy/policy.c policy/policy.h
POLICY_LIBS = libpolicy.a libconfig.a libalert.a libcorrelator.a $(PCRE2_LIBS)
