# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN are set in tests/fuzz/local.mk. Seeds: tests/golden/cloudtrail/*.json
# for the reader; the lines of tests/unit/evidence/cloud/t_ssh_key.c for keys.
FUZZ_TARGETS += tests/fuzz/fuzz_cloudtrail tests/fuzz/fuzz_ssh_key
tests_fuzz_fuzz_cloudtrail_SOURCES = tests/fuzz/fuzz_cloudtrail.c $(FUZZ_MAIN)
tests_fuzz_fuzz_cloudtrail_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_cloudtrail_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ssh_key_SOURCES = tests/fuzz/fuzz_ssh_key.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ssh_key_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_ssh_key_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
