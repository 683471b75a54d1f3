# SPDX-License-Identifier: Apache-2.0
# One target for each parser. With --enable-fuzzing they are libFuzzer's; otherwise they run
# over their corpora and fixed mutations of them (fuzz_main.c), in every `make check`.
if FUZZING
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz/fuzz_main.c
TESTS += tests/fuzz/corpora.test
endif
EXTRA_DIST += tests/fuzz/corpora.test tests/fuzz/fuzz_main.c tests/fuzz/run
FUZZ_TARGETS =

FUZZ_WRITER = tests/fuzz/fuzz_writer.c tests/fuzz/fuzz_writer.h $(FUZZ_MAIN)
FUZZ_WRITER_LIBS = libsupport.a libevidence.a libcorrelator.a $(BASE_LIBS)
FUZZ_TARGETS += \
	tests/fuzz/fuzz_instance_connect \
	tests/fuzz/fuzz_journald \
	tests/fuzz/fuzz_login \
	tests/fuzz/fuzz_logind \
	tests/fuzz/fuzz_pam_unix \
	tests/fuzz/fuzz_sshd \
	tests/fuzz/fuzz_sudo \
	tests/fuzz/fuzz_syslog \
	tests/fuzz/fuzz_useradd
tests_fuzz_fuzz_instance_connect_SOURCES = tests/fuzz/fuzz_instance_connect.c $(FUZZ_WRITER)
tests_fuzz_fuzz_instance_connect_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_instance_connect_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_journald_SOURCES = tests/fuzz/fuzz_journald.c $(FUZZ_WRITER)
tests_fuzz_fuzz_journald_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_journald_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_login_SOURCES = tests/fuzz/fuzz_login.c $(FUZZ_WRITER)
tests_fuzz_fuzz_login_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_login_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_logind_SOURCES = tests/fuzz/fuzz_logind.c $(FUZZ_WRITER)
tests_fuzz_fuzz_logind_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_logind_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_pam_unix_SOURCES = tests/fuzz/fuzz_pam_unix.c $(FUZZ_WRITER)
tests_fuzz_fuzz_pam_unix_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_pam_unix_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sshd_SOURCES = tests/fuzz/fuzz_sshd.c $(FUZZ_WRITER)
tests_fuzz_fuzz_sshd_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_sshd_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sudo_SOURCES = tests/fuzz/fuzz_sudo.c $(FUZZ_WRITER)
tests_fuzz_fuzz_sudo_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_sudo_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_syslog_SOURCES = tests/fuzz/fuzz_syslog.c $(FUZZ_MAIN)
tests_fuzz_fuzz_syslog_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_syslog_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_useradd_SOURCES = tests/fuzz/fuzz_useradd.c $(FUZZ_WRITER)
tests_fuzz_fuzz_useradd_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_useradd_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

include tests/fuzz/alert.mk
include tests/fuzz/base.mk
include tests/fuzz/baseline.mk
include tests/fuzz/cloudtrail.mk
include tests/fuzz/config.mk
include tests/fuzz/control.mk
include tests/fuzz/correlator.mk
include tests/fuzz/courier.mk
include tests/fuzz/courier_aws.mk
include tests/fuzz/event_code.mk
include tests/fuzz/follow.mk
include tests/fuzz/google.mk
include tests/fuzz/azure.mk
include tests/fuzz/input.mk
include tests/fuzz/plane.mk
include tests/fuzz/policy.mk
include tests/fuzz/posture.mk
include tests/fuzz/ssm.mk
include tests/fuzz/tail.mk

check_PROGRAMS += $(FUZZ_TARGETS)

# What scripts/test fuzzes.
fuzz-targets: $(FUZZ_TARGETS)
list-fuzz-targets:
	@echo $(FUZZ_TARGETS)
