# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/golden_ssm
TESTS += tests/golden/golden_ssm
tests_golden_golden_ssm_SOURCES = tests/golden/golden_ssm.c \
	tests/support/event_print.c tests/support/event_print.h
tests_golden_golden_ssm_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)

EXTRA_DIST += tests/golden/ssm/double-hour.tz \
