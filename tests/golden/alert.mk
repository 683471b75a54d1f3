# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/golden_alert
TESTS += tests/golden/golden_alert
tests_golden_golden_alert_SOURCES = $(GOLDEN_FILE) tests/golden/golden_alert.c \
	tests/golden/alert_cases.c tests/golden/alert_cases.h
tests_golden_golden_alert_LDADD = libalert.a libcorrelator.a $(BASE_LIBS)

EXTRA_DIST += tests/golden/alert
