/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Messages between countersignd and countersign-courier over a unix stream: all that the
 * two know of each other. Pure encoding, bounded and versioned; either side may be broken
 * or hostile, so nothing that arrives is taken on trust. The daemon asks, the courier
 * answers; each request is answered once, by its number, with one answer or a failure.
 *
 *   frame = length (u32, little endian, of what follows) | version (u8) | kind (u8) |
 * body body  = the kind's fields in order: u64 little endian, or u32 length and bytes
 *
 * A frame that is longer than MESSAGE_BYTES_MAX, of another version or kind, or whose
 * fields do not fill it exactly ends the conversation.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

#define MESSAGE_VERSION 2
#define MESSAGE_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define MESSAGE_LIST_MAX 64

enum message_kind {
	/* the daemon asks */
	MESSAGE_ASK_IDENTITY = 1, /* who is this host, and has it credentials? */
	MESSAGE_ASK_PAGE,	  /* one page of one query to the control plane */
	MESSAGE_ASK_CHECK,	  /* doctor: try everything, say what is missing */
	MESSAGE_DELIVER,	  /* records for a sink */
	/* the courier answers */
	MESSAGE_IDENTITY = 65,
	MESSAGE_PAGE,
	MESSAGE_CHECK,
	MESSAGE_DELIVERED,
};

/* How a request came out. Each but OK has words in `detail`, without secrets. */
enum message_outcome {
	OUTCOME_OK,
	OUTCOME_NO_CLOUD,	/* this machine is of no cloud, as far as can be told */
	OUTCOME_NO_CREDENTIALS, /* no role, or what it gave is expired or refused */
	OUTCOME_DENIED,		/* a permission is missing: `detail` names it */
	OUTCOME_THROTTLED,	/* ask again after retry_after_us */
	OUTCOME_UNREACHABLE,	/* DNS, TCP, TLS, timeout, 5xx */
	OUTCOME_BAD_ANSWER,	/* it answered, but not what it should */
	OUTCOME_BAD_REQUEST,	/* what was asked cannot be asked */
	OUTCOME_COUNT
};

enum query_kind {
	QUERY_TRAIL,   /* CloudTrail LookupEvents: attribute, from, until, token */
	QUERY_SESSION, /* ssm DescribeSessions by session id: `value` */
	QUERY_COMMAND, /* ssm ListCommands by command id: `value` */
	/* Azure Activity Log, from, until: `attribute` "" = all of the subscription,
	 * "resourceGroupName" or "correlationId" = what has `value` there */
	QUERY_ACTIVITY,
	/* Google's entries:list, from, until: `attribute` "doors" = what lets people into
	 * the instance of number `value`, "newest" = the newest entry of anything,
	 * "newest-data-access" = that of the data access log, which is left out, not
	 * refused, where the permission for it is missing */
	QUERY_ENTRIES,
	/* The metadata, asked as it is now, Google's: `attribute` "ssh-keys" = the keys
	 * of the instance and its project (courier/gcp/key_texts.h has the form),
	 * "os-login-user" = who the OS Login user `value` is, {"loginProfiles":[...]}.
	 * Of every cloud's: "options" = what opens doors (courier/option_list.h) */
	QUERY_METADATA,
	QUERY_COUNT
};

/* MESSAGE_ASK_PAGE */
struct ask_page {
	uint64_t query;		/* enum query_kind */
	struct slice region;	/* "" = the identity's own */
	struct slice attribute; /* "EventName", "EventSource", "Username" */
	struct slice value;
	us_time from, until; /* both included; whole seconds are asked for */
	struct slice token;  /* of the page before; "" = the first page */
};

/* One record for a sink. */
struct deliver_record {
	uint64_t number;   /* of all records of this host, ascending */
	uint64_t severity; /* of syslog, RFC 5424: 0 emergency to 7 debug */
	us_time told_at;
	struct slice stream; /* "finding", "login", "heartbeat" */
	struct slice key;    /* the same record has the same, and no other host's has: for
				receivers that can tell doubles apart */
	struct slice bytes;  /* of the format; no newline */
};

/* MESSAGE_DELIVER. In order; at most as many as the sink's `batch`. */
struct deliver {
	struct slice sink; /* its name in the configuration */
	struct slice host; /* this host's name */
	struct slice content_type;
	uint64_t count;
	struct deliver_record records[MESSAGE_LIST_MAX];
};

/* What became of one record. */
enum delivery_fate {
	DELIVERY_SAFE,	  /* the receiver said that it has it */
	DELIVERY_AGAIN,	  /* it may have it or not: to be sent again */
	DELIVERY_REFUSED, /* it will never take it: no use sending it again */
	DELIVERY_FATE_COUNT
};

struct delivery_result {
	uint64_t number;
	uint64_t fate;	     /* enum delivery_fate */
	struct slice detail; /* why, in words; empty for SAFE */
};

/* MESSAGE_DELIVERED: one result a record, in the order they were given. With another
 * outcome than OK there may be none: then all are to be sent again, but for BAD_REQUEST
 * (no such sink, or one that cannot be as it is configured), which no sending mends. */
struct delivered {
	us_span retry_after_us; /* how long to leave it alone; 0 = not said */
	struct slice answer;	/* what the receiver said, for people: "200 OK" */
	uint64_t count;
	struct delivery_result results[MESSAGE_LIST_MAX];
};

/* MESSAGE_IDENTITY */
struct identity_answer {
	struct slice provider; /* "aws", "azure", "gcp"; "" with
				  OUTCOME_NO_CLOUD */
	struct slice instance, account, region;
	uint64_t private_ip_count;
	struct slice private_ips[MESSAGE_LIST_MAX];
	us_time launched_at; /* pendingTime, US_TIME_NONE = not said */
	uint64_t has_credentials;
	us_time credentials_until; /* US_TIME_NONE = not said */
	struct slice role;	   /* its name or ARN; "" = none */
	uint64_t has_tags;	   /* they could be read, be there any or not */
	uint64_t tag_count;
	struct slice tags[MESSAGE_LIST_MAX]; /* "key=value" */
};

/* MESSAGE_PAGE */
struct page {
	struct slice body;   /* the answer as it came, JSON */
	struct slice token;  /* of the next page; "" = this was the last */
	us_time answered_at; /* the service's own clock (Date), US_TIME_NONE = not said */
	us_span retry_after_us; /* THROTTLED, UNREACHABLE: how long to leave it alone; 0 =
				   not said */
};

/* MESSAGE_CHECK: one line a thing that was tried. */
struct check_line {
	uint64_t outcome;    /* enum message_outcome */
	struct slice what;   /* "cloudtrail:LookupEvents" */
	struct slice detail; /* what came out and what to grant, in words */
};
struct check {
	uint64_t count;
	struct check_line lines[MESSAGE_LIST_MAX];
};

struct message {
	enum message_kind kind;
	uint64_t number;     /* of the request; its answer carries the same */
	uint64_t outcome;    /* answers: enum message_outcome */
	struct slice detail; /* answers */
	union {
		struct ask_page ask_page;
		struct deliver deliver;
		struct identity_answer identity;
		struct page page;
		struct check check;
		struct delivered delivered;
	};
};

/* Appends the message as one frame. False, and nothing appended, when it is too long. */
bool message_encode(const struct message *message, struct buf *buf);

/* Takes one frame off the front of what has arrived. `*ret_used` is its length, 0 while
 * it has not arrived whole. Slices borrow from `arrived`. Fails on anything that is no
 * frame: the connection is to be closed. */
int message_decode(struct slice arrived, struct message *ret_message, size_t *ret_used,
		   struct err *err) __attribute__((warn_unused_result));

/* "no-credentials" ... as in correlator's reasons where there is one. */
const char *message_outcome_word(uint64_t outcome);
