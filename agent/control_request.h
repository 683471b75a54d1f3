/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control request: what `countersign` asks the agent, and its one line of JSON, written
 * and read. Reading takes nothing on trust: an unknown key, a wrong type or a value out
 * of range is an error. No socket and no event loop here: the command line links it too.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "correlator/verdict.h"

#define CONTROL_SOCKET "control.sock" /* in runtime_dir */

/* A kind and a name of a baseline, each with its NUL. */
#define CONTROL_KIND_BYTES 32
#define CONTROL_KEY_BYTES 640

/* Names of sinks with blanks between them, and a NUL: all that there may be. */
#define CONTROL_SINKS_BYTES 2048

enum control_command {
	CONTROL_STATUS, /* anybody: counts and health; the privileged: details too */
	CONTROL_LOGINS,
	CONTROL_ALERTS,
	CONTROL_EXPLAIN,    /* id: hexadecimal digits of a login's or finding's id */
	CONTROL_DOCTOR,	    /* the agent's side of it, with the courier's */
	CONTROL_BASELINE,   /* what is usual for this host */
	CONTROL_TEST_ALERT, /* a marked finding through the sinks, and what they answer */
	CONTROL_METADATA,   /* what the cloud's metadata says of this machine's doors */
	CONTROL_COMMAND_COUNT
};

struct control_request {
	enum control_command command;
	us_time since, until; /* US_TIME_NONE = any */
	enum path path;	      /* PATH_NONE = any */
	int verdict;	      /* enum verdict_kind, -1 = any */
	bool all;	      /* logins: also direct-ssh and local */
	bool follow;
	char id[ID_TEXT_BYTES]; /* "" = none */
	bool reset; /* baseline: forget it; root and the agent's own user only */
	char kind[CONTROL_KIND_BYTES];	 /* of a baseline; "" = every */
	bool undelivered;		 /* alerts: what no sink will take, and why */
	char sinks[CONTROL_SINKS_BYTES]; /* test-alert; "" = all */
	char key[CONTROL_KEY_BYTES];	 /* one name of the kind; "" = all */
};

/* A request for this command and nothing else: any time, any path, any verdict. */
void control_request_init(struct control_request *request, enum control_command command);

/* The command's word in requests: "status" ... */
const char *control_command_word(enum control_command command);

/* Appends the request as one JSON object, without a newline. */
void control_request_encode(const struct control_request *request, struct buf *buf);

/* Reads one line, without its newline. */
int control_request_decode(struct slice line, struct control_request *ret_request,
			   struct err *err) __attribute__((warn_unused_result));

/* Reads the beginning of an id, 1 to 32 hexadecimal digits, into lower case. False for
 * anything else. */
bool control_request_set_id(struct control_request *request, struct slice digits);
