/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Record: raw bytes with their origin, as input hands them to evidence. One line of a
 * log, or one journal entry's MESSAGE with the fields journald itself vouches for.
 * Nothing is decoded yet and every byte may be hostile.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/time.h"

/* The fields of one journal entry, systemd.journal-fields(7). Those whose journal name
 * begins with '_' are written by journald and cannot be set by a client. */
struct journal_fields {
	us_time realtime;	 /* __REALTIME_TIMESTAMP */
	us_time source_realtime; /* _SOURCE_REALTIME_TIMESTAMP, US_TIME_NONE = not there
				  */
	uint64_t monotonic_us;	 /* __MONOTONIC_TIMESTAMP */
	struct slice boot_id;	 /* _BOOT_ID */
	struct slice machine_id; /* _MACHINE_ID */
	struct slice hostname;	 /* _HOSTNAME */
	struct slice
		transport;   /* _TRANSPORT: "syslog", "journal", "stdout", "kernel" ... */
	struct slice comm;   /* _COMM, cut by the kernel at 15 bytes */
	struct slice exe;    /* _EXE, a path; missing where journald could not look */
	struct slice unit;   /* _SYSTEMD_UNIT, may be missing for short-lived senders */
	int64_t uid;	     /* _UID, -1 = not there */
	uint32_t pid;	     /* _PID, 0 = not there */
	struct slice ident;  /* SYSLOG_IDENTIFIER: the client's own word */
	uint32_t syslog_pid; /* SYSLOG_PID: the client's own word, 0 = not there */
	struct slice message_id;     /* MESSAGE_ID */
	struct slice logind_session; /* SESSION_ID of logind's messages */
	struct slice logind_user;    /* USER_ID of them: the user's name */
	uint32_t logind_leader;	     /* LEADER of them, 0 = not there */
	uint64_t dropped;     /* N_DROPPED of journald's loss messages, 0 = not there */
	bool is_user_journal; /* stored in user-*.journal: other people's words */
	bool is_cut;	      /* MESSAGE reached LIMIT_JOURNAL_FIELD_BYTES */
};

struct record {
	struct slice bytes; /* without the line's end */
	uint64_t evidence;  /* the reference its events will carry, 0 = none */
	const struct journal_fields *journal; /* NULL for text files */
	bool is_cut;			      /* the line was longer than what is here */
};
