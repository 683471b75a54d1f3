# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/golden_cloudtrail
TESTS += tests/golden/golden_cloudtrail
tests_golden_golden_cloudtrail_SOURCES = $(GOLDEN_FILE) tests/golden/golden_cloudtrail.c
tests_golden_golden_cloudtrail_LDADD = libevidence.a $(SUPPORT_LIBS)

EXTRA_DIST += tests/golden/cloudtrail tests/golden/azure tests/golden/gcp
