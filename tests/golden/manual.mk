# SPDX-License-Identifier: Apache-2.0
# What manual pages and docs/findings.md say of the tables is what these make.
check_PROGRAMS += tests/golden/golden_manual
TESTS += tests/golden/golden_manual
tests_golden_golden_manual_SOURCES = $(GOLDEN_FILE) tests/golden/golden_manual.c \
	tests/golden/manual_findings.c tests/golden/manual_options.c \
	tests/golden/manual_parts.c tests/golden/manual_parts.h
tests_golden_golden_manual_LDADD = $(CLI_LIBS)
