/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Evidence of the host: records in, events out. One reader a source; it remembers what
 * its log needs remembered (the year of traditional lines, the zone, continuation lines,
 * interleaved processes) and nothing else. Pure: no input or output, no clock. Which log
 * writers are known is the table of evidence/host/registry.c.
 */
#include "base/buf.h"
#include "base/zone.h"
#include "correlator/event.h"
#include "evidence/record.h"

enum host_log_kind {
	HOST_LOG_UNKNOWN,
	HOST_LOG_SYSLOG,      /* auth.log, secure: RFC 3164, RFC 3339 or RFC 5424 heads */
	HOST_LOG_SSM,	      /* amazon-ssm-agent.log, errors.log */
	HOST_LOG_JOURNAL,     /* entries of a journal, record.journal is set */
	HOST_LOG_AZURE_AGENT, /* waagent.log */
	HOST_LOG_AZURE_HANDLER,	  /* handler.log of run commands and custom scripts */
	HOST_LOG_AZURE_EXTENSION, /* extension.log of VMAccess and older custom scripts */
	HOST_LOG_AUTHORIZED_KEYS, /* with keys "# Added by Google" */
	HOST_LOG_CLOUD_INIT,	  /* cloud-init.log */
	HOST_LOG_KIND_COUNT
};

/* The source that a log of this kind is. */
enum host_source host_log_source(enum host_log_kind kind);

/* Recognises a text log from its beginning: the first lines that have a known form
 * decide. HOST_LOG_UNKNOWN when none has. Journal files and export text are input's to
 * recognise. */
enum host_log_kind host_log_recognise(struct slice beginning);

struct host_reader_options {
	const struct zone
		*zone;	/* of lines that name none; borrowed for the reader's life */
	int year;	/* of the first traditional line, 0 = nearest to `anchor` */
	us_time anchor; /* what a traditional line's year is put nearest to */
	us_time latest; /* when the log was last written to; US_TIME_NONE or 0 = unknown:
			   no traditional line is later */
	struct slice path; /* of the file, which some logs are told apart by; may be
			      empty; borrowed for the reader's life */
};

struct host_reader;

/* A reader for one source of this kind (not HOST_LOG_UNKNOWN); the caller owns it. */
struct host_reader *host_reader_new(enum host_log_kind kind,
				    const struct host_reader_options *options);
void host_reader_free(struct host_reader *reader);

/* For text logs: takes lines off the front of `*chunk` (whole lines; the last may lack
 * its newline) until one may be evidence or is needed to follow the log's time, and gives
 * it. False when the chunk is used up. The one pass over all bytes: made for speed. */
bool host_reader_next(struct host_reader *reader, struct slice *chunk,
		      struct slice *ret_line);

/* Whether a journal's MESSAGE may be evidence: what host_reader_next() asks of a line,
 * for journal_read()'s `wanted`. Fast, and true for some that are none. */
bool host_message_wanted(struct slice message);

/* Reads one record and emits 0..n events. Lines that are not evidence are silence, not
 * errors. */
void host_reader_read(struct host_reader *reader, const struct record *record,
		      const struct emitter *emitter);

/* Appends what of this record may be kept as evidence text: the line without anything
 * that may be secret. For the SSM agent's log only time, context, operation, id and
 * event, and of Payload and DataBackend lines nothing but the words "Payload" or
 * "DataBackend". */
void host_reader_evidence(const struct host_reader *reader, const struct record *record,
			  struct buf *buf);

struct host_reader_stats {
	uint64_t lines; /* seen by host_reader_next(), or entries by host_reader_read() */
	uint64_t known_lines; /* of them given to host_reader_read() that had the log's
				 form */
	us_time first, last;  /* of all lines of known form, US_TIME_NONE = none */
};

/* first and last are exact: the first and the last lines of a file are always given out.
 */
struct host_reader_stats host_reader_stats(const struct host_reader *reader);
