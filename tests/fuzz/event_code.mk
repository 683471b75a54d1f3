# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk.
FUZZ_TARGETS += tests/fuzz/fuzz_event_code
tests_fuzz_fuzz_event_code_SOURCES = tests/fuzz/fuzz_event_code.c $(FUZZ_MAIN)
tests_fuzz_fuzz_event_code_LDADD = libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_event_code_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_event_code/account-created \
	tests/fuzz/corpus/fuzz_event_code/api-call \
	tests/fuzz/corpus/fuzz_event_code/api-hole \
	tests/fuzz/corpus/fuzz_event_code/console-login \
	tests/fuzz/corpus/fuzz_event_code/gap \
	tests/fuzz/corpus/fuzz_event_code/host-coverage \
	tests/fuzz/corpus/fuzz_event_code/identity \
	tests/fuzz/corpus/fuzz_event_code/key-offered \
	tests/fuzz/corpus/fuzz_event_code/key-partial \
	tests/fuzz/corpus/fuzz_event_code/login-accepted \
	tests/fuzz/corpus/fuzz_event_code/logind-closed \
	tests/fuzz/corpus/fuzz_event_code/logind-opened \
	tests/fuzz/corpus/fuzz_event_code/progress \
	tests/fuzz/corpus/fuzz_event_code/run \
	tests/fuzz/corpus/fuzz_event_code/session-closed \
	tests/fuzz/corpus/fuzz_event_code/session-opened \
	tests/fuzz/corpus/fuzz_event_code/sight \
	tests/fuzz/corpus/fuzz_event_code/sshd-listening \
	tests/fuzz/corpus/fuzz_event_code/sudo
