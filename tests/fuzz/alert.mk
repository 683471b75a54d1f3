# SPDX-License-Identifier: Apache-2.0
# FUZZ_TARGETS and FUZZ_MAIN as in tests/fuzz/local.mk. Seeds: tests/fuzz/corpus/fuzz_alert/.
FUZZ_TARGETS += tests/fuzz/fuzz_alert
tests_fuzz_fuzz_alert_SOURCES = tests/fuzz/fuzz_alert.c \
	tests/alert/made_record.c tests/alert/made_record.h $(FUZZ_MAIN)
tests_fuzz_fuzz_alert_LDADD = libalert.a libcorrelator.a $(BASE_LIBS)
tests_fuzz_fuzz_alert_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
EXTRA_DIST += \
	tests/fuzz/corpus/fuzz_alert/ceiling \
	tests/fuzz/corpus/fuzz_alert/finding \
	tests/fuzz/corpus/fuzz_alert/heartbeat \
	tests/fuzz/corpus/fuzz_alert/login \
	tests/fuzz/corpus/fuzz_alert/marks \
	tests/fuzz/corpus/fuzz_alert/observation
