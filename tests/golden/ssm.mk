# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/golden_ssm
TESTS += tests/golden/golden_ssm
tests_golden_golden_ssm_SOURCES = $(GOLDEN_FILE) tests/golden/golden_ssm.c
tests_golden_golden_ssm_LDADD = libevidence.a $(SUPPORT_LIBS)
EXTRA_DIST += $(srcdir)/tests/golden/ssm
