# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN are set in tests/fuzz/local.mk. Seeds: the golden cases for the reader,
# a target a cloud so that each has a corpus of its own; the lines of
# tests/unit/evidence/cloud/t_ssh_key.c for keys.
FUZZ_TARGETS += tests/fuzz/fuzz_cloudtrail tests/fuzz/fuzz_azure_activity \
	tests/fuzz/fuzz_gcp_audit tests/fuzz/fuzz_ssh_key
tests_fuzz_fuzz_cloudtrail_SOURCES = tests/fuzz/fuzz_cloudtrail.c $(FUZZ_MAIN)
tests_fuzz_fuzz_cloudtrail_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_cloudtrail_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_azure_activity_SOURCES = tests/fuzz/fuzz_cloudtrail.c $(FUZZ_MAIN)
tests_fuzz_fuzz_azure_activity_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_azure_activity_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_gcp_audit_SOURCES = tests/fuzz/fuzz_cloudtrail.c $(FUZZ_MAIN)
tests_fuzz_fuzz_gcp_audit_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_gcp_audit_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ssh_key_SOURCES = tests/fuzz/fuzz_ssh_key.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ssh_key_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_ssh_key_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
