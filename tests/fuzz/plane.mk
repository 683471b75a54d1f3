# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. The corpus is its own.
FUZZ_TARGETS += tests/fuzz/fuzz_metadata_keys
tests_fuzz_fuzz_metadata_keys_SOURCES = tests/fuzz/fuzz_metadata_keys.c $(FUZZ_MAIN)
tests_fuzz_fuzz_metadata_keys_LDADD = $(AGENT_LIBS)
tests_fuzz_fuzz_metadata_keys_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_metadata_keys/blocked \
	tests/fuzz/corpus/fuzz_metadata_keys/both \
	tests/fuzz/corpus/fuzz_metadata_keys/os-login

FUZZ_TARGETS += tests/fuzz/fuzz_metadata_options
tests_fuzz_fuzz_metadata_options_SOURCES = tests/fuzz/fuzz_metadata_options.c $(FUZZ_MAIN)
tests_fuzz_fuzz_metadata_options_LDADD = $(AGENT_LIBS) $(COURIER_LIBS)
tests_fuzz_fuzz_metadata_options_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_metadata_options/aws \
	tests/fuzz/corpus/fuzz_metadata_options/gcp \
	tests/fuzz/corpus/fuzz_metadata_options/value
