# SPDX-License-Identifier: Apache-2.0
HOST_TESTS = \
	tests/unit/evidence/host/t_genuine \
	tests/unit/evidence/host/t_google \
	tests/unit/evidence/host/t_hostile \
	tests/unit/evidence/host/t_keys \
	tests/unit/evidence/host/t_reader \
	tests/unit/evidence/host/t_serial \
	tests/unit/evidence/host/t_sshd \
	tests/unit/evidence/host/t_syslog_clock \
	tests/unit/evidence/host/t_syslog_head \
	tests/unit/evidence/host/t_trust \
	tests/unit/evidence/host/t_writers
check_PROGRAMS += $(HOST_TESTS)
TESTS += $(HOST_TESTS)

HOST_TEST = tests/unit/evidence/host/host_test.c tests/unit/evidence/host/host_test.h
HOST_TEST_LIBS = libevidence.a $(SUPPORT_LIBS)

tests_unit_evidence_host_t_genuine_SOURCES = tests/unit/evidence/host/t_genuine.c $(HOST_TEST)
tests_unit_evidence_host_t_genuine_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_google_SOURCES = tests/unit/evidence/host/t_google.c $(HOST_TEST)
tests_unit_evidence_host_t_google_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_hostile_SOURCES = tests/unit/evidence/host/t_hostile.c $(HOST_TEST)
tests_unit_evidence_host_t_hostile_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_keys_SOURCES = tests/unit/evidence/host/t_keys.c
tests_unit_evidence_host_t_keys_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_reader_SOURCES = tests/unit/evidence/host/t_reader.c $(HOST_TEST)
tests_unit_evidence_host_t_reader_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_serial_SOURCES = tests/unit/evidence/host/t_serial.c $(HOST_TEST)
tests_unit_evidence_host_t_serial_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_sshd_SOURCES = tests/unit/evidence/host/t_sshd.c $(HOST_TEST)
tests_unit_evidence_host_t_sshd_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_syslog_clock_SOURCES = tests/unit/evidence/host/t_syslog_clock.c
tests_unit_evidence_host_t_syslog_clock_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_syslog_head_SOURCES = tests/unit/evidence/host/t_syslog_head.c
tests_unit_evidence_host_t_syslog_head_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_trust_SOURCES = tests/unit/evidence/host/t_trust.c $(HOST_TEST)
tests_unit_evidence_host_t_trust_LDADD = $(HOST_TEST_LIBS)
tests_unit_evidence_host_t_writers_SOURCES = tests/unit/evidence/host/t_writers.c $(HOST_TEST)
tests_unit_evidence_host_t_writers_LDADD = $(HOST_TEST_LIBS)
