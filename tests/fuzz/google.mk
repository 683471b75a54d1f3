# SPDX-License-Identifier: Apache-2.0
# What Google's agents, cloud-init, shadow's tools and the kernel say. FUZZ_TARGETS,
# FUZZ_MAIN and FUZZ_WRITER are set in tests/fuzz/local.mk.
FUZZ_TARGETS += \
	tests/fuzz/fuzz_account_change \
	tests/fuzz/fuzz_authorized_keys \
	tests/fuzz/fuzz_cloud_init \
	tests/fuzz/fuzz_google
FUZZ_LOG = tests/fuzz/fuzz_log.c tests/fuzz/fuzz_log.h $(FUZZ_MAIN)
tests_fuzz_fuzz_account_change_SOURCES = tests/fuzz/fuzz_account_change.c $(FUZZ_WRITER)
tests_fuzz_fuzz_account_change_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_account_change_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_authorized_keys_SOURCES = tests/fuzz/fuzz_authorized_keys.c $(FUZZ_LOG)
tests_fuzz_fuzz_authorized_keys_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_authorized_keys_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_cloud_init_SOURCES = tests/fuzz/fuzz_cloud_init.c $(FUZZ_LOG)
tests_fuzz_fuzz_cloud_init_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_cloud_init_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_google_SOURCES = tests/fuzz/fuzz_google.c $(FUZZ_WRITER)
tests_fuzz_fuzz_google_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_google_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
