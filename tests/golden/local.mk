# SPDX-License-Identifier: Apache-2.0
GOLDEN_FILE = tests/golden/golden_file.c tests/golden/golden_file.h
# Golden pairs: tests/golden/<area>/<case>.in and what it must give. Each program takes --update.
check_PROGRAMS += tests/golden/golden_host
TESTS += tests/golden/golden_host
tests_golden_golden_host_SOURCES = $(GOLDEN_FILE) tests/golden/golden_host.c
tests_golden_golden_host_LDADD = libevidence.a $(SUPPORT_LIBS)
EXTRA_DIST += $(srcdir)/tests/golden/host

include tests/golden/alert.mk
include tests/golden/cloudtrail.mk
include tests/golden/config.mk
include tests/golden/manual.mk
include tests/golden/ssm.mk
