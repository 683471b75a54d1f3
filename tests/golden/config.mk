# SPDX-License-Identifier: Apache-2.0
# etc/countersign.conf and docs/configuration.md are what the table of settings makes.
check_PROGRAMS += tests/golden/golden_config
TESTS += tests/golden/golden_config
tests_golden_golden_config_SOURCES = $(GOLDEN_FILE) tests/golden/golden_config.c
tests_golden_golden_config_LDADD = libconfig.a $(BASE_LIBS)
