/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every ceiling in one place. A size that comes from outside is checked against one of
 * these before a byte is allocated for it. Each says what it bounds, its unit, and why
 * that much.
 */

/* A line of a host log. The SSM agent's Payload lines run to tens of KiB; a longer line
 * is kept only as its first bytes and told as a gap. */
#define LIMIT_HOST_LINE_BYTES ((size_t)1024 * 1024)

/* A line of a syslog file that may be evidence: rsyslog cuts at 8 KiB, sshd at 500 bytes.
 */
#define LIMIT_SYSLOG_LINE_BYTES ((size_t)16 * 1024)

/* One API record. CloudTrail's own ceiling is 256 KB; LookupEvents escapes it once more.
 */
#define LIMIT_API_RECORD_BYTES ((size_t)2 * 1024 * 1024)

/* Bytes of a file in which no API record was found before it is given up as no API log.
 */
#define LIMIT_API_PREAMBLE_BYTES ((uint64_t)4 * 1024 * 1024)

/* Pairs of account and region in one API log file. An organisation has thousands. */
#define LIMIT_API_EXTENTS ((size_t)65536)

/* Name of an account or a region: 12 digits, "ap-southeast-2". */
#define LIMIT_API_PLACE_BYTES ((size_t)128)

/* Nesting of JSON that is read or written. Real records reach 10. */
#define LIMIT_JSON_DEPTH 32

/* Instances, associations and the like that one API call may name: SendCommand takes 50.
 */
#define LIMIT_CALL_TARGETS 256

/* Any one field kept from a log line or an API record (an ARN is at most 2048). */
#define LIMIT_FIELD_BYTES ((size_t)4096)

/* Lines kept as evidence for one login. */
#define LIMIT_LOGIN_EVIDENCE 64

/* A file of configuration or identity. */
#define LIMIT_CONFIG_BYTES ((size_t)1024 * 1024)

/* Files in one folder walk, and its depth. */
#define LIMIT_WALK_FILES 1000000
#define LIMIT_WALK_DEPTH 32

/* One inflated file: more than this and it is refused as a bomb. */
#define LIMIT_INFLATED_BYTES ((uint64_t)64 * 1024 * 1024 * 1024)

/* A journald field (sd_journal_set_data_threshold); longer ones are cut and told. */
#define LIMIT_JOURNAL_FIELD_BYTES ((size_t)256 * 1024)

/* A message of ours to a person, and one JSON line of output. */
#define LIMIT_OUTPUT_LINE_BYTES ((size_t)8 * 1024 * 1024)

/* Offset changes of a time zone between 1970 and 2100. */
#define LIMIT_ZONE_CHANGES 1024

/* Journal files in one folder; libsystemd itself stops at 7168. */
#define LIMIT_JOURNAL_FILES 4096

/* Fields of one journal entry: twice what journald takes from a client (1024). */
#define LIMIT_JOURNAL_ENTRY_FIELDS 2048

/* The length a field of journal export text may claim: journald's own ceiling (768 MiB).
 * Passed over, never kept: what is kept is bounded above. */
#define LIMIT_JOURNAL_VALUE_BYTES ((uint64_t)768 * 1024 * 1024)

/* Damaged entries of one journal export told one by one; the others are only counted. */
#define LIMIT_JOURNAL_DAMAGE_TOLD 16
