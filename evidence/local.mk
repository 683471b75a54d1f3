# SPDX-License-Identifier: Apache-2.0
# Records in, events out. Link it before libcorrelator.a.
include evidence/cloud/local.mk
include evidence/host/azure.mk
include evidence/host/google.mk
include evidence/host/ssm.mk
noinst_LIBRARIES += libevidence.a
libevidence_a_SOURCES = \
	evidence/cloud.h \
	evidence/evidence.h \
	evidence/reader.c \
	evidence/record.h \
	evidence/host/account_change.c \
	evidence/host/boot.c \
	evidence/host/cloud_init.c \
	evidence/host/grammar.c evidence/host/grammar.h \
	evidence/host/instance_connect.c \
	evidence/host/journald.c \
	evidence/host/log_kind.h \
	evidence/host/login.c \
	evidence/host/logind.c \
	evidence/host/pam_unix.c \
	evidence/host/registry.c evidence/host/writer.h \
	evidence/host/sshd.c \
	evidence/host/sudo.c \
	evidence/host/syslog_clock.c evidence/host/syslog_clock.h \
	evidence/host/syslog_head.c evidence/host/syslog_head.h \
	evidence/host/syslog_scan.c evidence/host/syslog_scan.h \
	evidence/host/text_hash.c evidence/host/text_hash.h \
	evidence/host/useradd.c \
	$(AZURE_SOURCES) \
	$(EVIDENCE_CLOUD_SOURCES) \
	$(GOOGLE_SOURCES) \
	$(SSM_SOURCES)
EVIDENCE_LIBS = libevidence.a libcorrelator.a $(BASE_LIBS)
