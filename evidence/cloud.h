/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Evidence of the control plane: bytes of an API log in, events and coverage out. Reads
 * records of CloudTrail, of Azure's activity log (as REST answers it and as it is
 * exported) and Bastion's audit log, and of Google Cloud's audit logs. Recognises the
 * envelope from the content: {"Records":[...]}, {"records":[...]}, {"value":[...]},
 * {"entries":[...]}, an array, JSON Lines, a LookupEvents answer, EventBridge envelopes,
 * and wrappers with the record under "event" or "detail". Finds the borders and the few
 * top-level values of every record in one pass, and parses only the records that matter.
 * Pure: no input or output, no clock.
 */
#include "base/err.h"
#include "correlator/event.h"

/* An event source's name is cut to this, which no real one reaches. */
#define API_SOURCE_BYTES 64

/* The logs that are told apart, since what one of them holds proves nothing of another.
 * The numbers are stored: new ones come last. */
enum api_log {
	API_LOG_CLOUDTRAIL,
	API_LOG_AZURE_ACTIVITY,
	API_LOG_AZURE_BASTION, /* BastionAuditLogs */
	API_LOG_AZURE_OTHER,   /* another resource log: proves nothing */
	API_LOG_GCP_ACTIVITY,  /* cloudaudit.googleapis.com/activity */
	API_LOG_GCP_DATA_ACCESS,
	API_LOG_GCP_OTHER, /* a log that no door's calls are in: proves nothing */
	API_LOG_COUNT
};

/* Whose log it is. */
enum cloud api_log_cloud(enum api_log log);

/* What one file held of one log for one (account, region): where its coverage comes from.
 * Azure's accounts are subscriptions, Google Cloud's are projects, without regions. */
struct api_extent {
	const char *account; /* owned by the reader; "" = not said */
	const char *region;
	us_time first, last;
	uint64_t records;
	uint32_t class_bits;   /* 1 << enum log_class, of the event sources seen */
	bool other_sources;    /* also sources that are no cloud door */
	uint32_t source_count; /* distinct event sources, counted up to 64 */
	char other_source[API_SOURCE_BYTES]; /* the first that is no cloud door; or "" */
	enum api_log log;
};

/* Told of each record as its border is found, before it is parsed. */
struct api_record_seen {
	struct slice
		bytes; /* the record's JSON; for LookupEvents the inner text, decoded */
	uint64_t position;    /* byte offset in the (inflated) file */
	uint64_t line;	      /* from 1 */
	struct slice id;      /* eventID, may be empty */
	us_time happened_at;  /* eventTime, US_TIME_NONE when missing or wrong */
	us_time delivered_at; /* when it could be read: Azure's submissionTimestamp,
				 Google's receiveTimestamp; US_TIME_NONE = not said */
};

struct cloud_reader_ops {
	/* Gives the evidence reference that the record's events are to carry. May be
	 * NULL. */
	uint64_t (*record_matters)(void *ctx, const struct api_record_seen *record);
	/* Of every record, relevant or not; for counting distinct ids. May be NULL. */
	void (*record_seen)(void *ctx, const struct api_record_seen *record);
	/* A record or a stretch that cannot be read: a hole in what the file covers. */
	void (*hole)(void *ctx, uint64_t position, uint64_t line, const struct err *why);
	void *ctx;
};

struct cloud_reader;

/* A reader for one file. `ops` and `emitter` are copied. The caller owns the result. */
struct cloud_reader *cloud_reader_new(const struct cloud_reader_ops *ops,
				      const struct emitter *emitter);
void cloud_reader_free(struct cloud_reader *reader);

/* Feeds the next bytes, any amount. Fails when the bytes are no API log at all, or nested
 * or long past the ceilings so that no border can be found; nothing more is to be fed
 * then. */
int cloud_reader_feed(struct cloud_reader *reader, struct slice bytes, struct err *err)
	__attribute__((warn_unused_result));

/* The end of the file: fails when it ends inside a record (what was whole has been
 * emitted). */
int cloud_reader_finish(struct cloud_reader *reader, struct err *err)
	__attribute__((warn_unused_result));

/* What was found, one entry a (log, account, region), in the order first seen; borrowed.
 */
const struct api_extent *cloud_reader_extents(const struct cloud_reader *reader,
					      size_t *ret_count);

/* The fingerprint ssh-keygen -lf prints, "SHA256:" and 43 characters, of an OpenSSH
 * public key line ("ssh-ed25519 AAAA... comment"). False when it is none (the blob must
 * begin with the length-prefixed type it is named by, RFC 4253 section 6.6). */
#define FINGERPRINT_TEXT_BYTES 51
bool ssh_key_fingerprint(struct slice key_line, char text[FINGERPRINT_TEXT_BYTES]);
