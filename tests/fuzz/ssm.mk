# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN (the runner over a corpus, empty with libFuzzer) are set in
# tests/fuzz/local.mk. Seeds: tests/golden/ssm/*.in.
FUZZ_TARGETS += tests/fuzz/fuzz_ssm_agent tests/fuzz/fuzz_ssm_payload
tests_fuzz_fuzz_ssm_agent_SOURCES = tests/fuzz/fuzz_ssm_agent.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ssm_agent_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_ssm_agent_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ssm_payload_SOURCES = tests/fuzz/fuzz_ssm_payload.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ssm_payload_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_ssm_payload_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
