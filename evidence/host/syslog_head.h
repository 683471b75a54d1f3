/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The head of a line of a syslog file: when, which host, which process. Strict on
 * purpose: the message behind it is other people's words, and a client may even send
 * something that looks like a second head. Nothing is remembered from line to line; the
 * year and the zone that a traditional head leaves out are syslog_clock.h's.
 */
#include "base/slice.h"
#include "base/time.h"

enum syslog_form {
	SYSLOG_UNKNOWN,	    /* no head */
	SYSLOG_TRADITIONAL, /* Jan  2 03:04:05 host sshd[88]: ...            RFC 3164 */
	SYSLOG_RFC3339,	    /* 2026-01-02T03:04:05.678901+00:00 host sshd[88]: ... */
	SYSLOG_RFC5424,	    /* <86>1 2026-01-02T03:04:05.678901Z host sshd 88 - - ... */
};

struct syslog_head {
	enum syslog_form form;
	us_time time;	    /* US_TIME_NONE for traditional heads */
	struct civil civil; /* traditional heads: year 0, 29 February allowed */
	struct slice host;  /* may be empty when form is known but the rest is odd */
	bool is_whole; /* host, tag and message are there as a log writer makes them */
	struct slice ident;   /* when whole: tag without "[pid]" */
	uint32_t pid;	      /* 0 = not said */
	struct slice message; /* not empty when whole */
};

/* Takes a line (without its newline) apart; `line` is what is left after
 * syslog_line_trim(). form is SYSLOG_UNKNOWN when it has no head. A line with the time
 * and host of a known form but an odd tag is of that form and not whole. */
struct syslog_head syslog_head_parse(struct slice line);

/* Without what is not the line's: NULs of a hole or a byte order mark in front, CR at the
 * end. */
struct slice syslog_line_trim(struct slice line);
