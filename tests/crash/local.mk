# SPDX-License-Identifier: Apache-2.0
# Deaths at fault points; the programs are built with the points in, whatever the product is.
check_PROGRAMS += tests/crash/crash_store tests/crash/power_store
CRASH_BATCHES = tests/crash/batches.c tests/crash/batches.h
tests_crash_crash_store_SOURCES = tests/crash/crash_store.c $(CRASH_BATCHES) \
	base/fault.c base/fault.h \
	$(libstore_a_SOURCES) $(libsink_a_SOURCES)
tests_crash_crash_store_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_POINTS
tests_crash_crash_store_LDADD = libcorrelator.a $(BASE_LIBS) $(SQLITE_LIBS) $(SYSTEMD_LIBS)
tests_crash_power_store_SOURCES = tests/crash/power_store.c $(CRASH_BATCHES)
tests_crash_power_store_LDADD = $(STORE_LIBS) libcorrelator.a $(BASE_LIBS)
dist_check_SCRIPTS += tests/crash/store.test
TESTS += tests/crash/store.test
