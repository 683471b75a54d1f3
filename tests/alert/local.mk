# SPDX-License-Identifier: Apache-2.0
# Records of every kind, and whether what is written of them is what it claims to be.
check_PROGRAMS += tests/alert/random_records
tests_alert_random_records_SOURCES = tests/alert/random_records.c \
	tests/alert/made_record.c tests/alert/made_record.h
tests_alert_random_records_LDADD = libalert.a libcorrelator.a $(BASE_LIBS)

dist_check_SCRIPTS += tests/alert/ocsf.test
TESTS += tests/alert/ocsf.test
EXTRA_DIST += tests/alert/ocsf_check.py tests/alert/ocsf_facts.py tests/alert/ocsf_mutants.py

dist_check_SCRIPTS += tests/alert/formats.test
TESTS += tests/alert/formats.test
EXTRA_DIST += tests/alert/formats.py tests/alert/formats_mutants.py
