/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Log kind: a text log with a form of its own, which no syslog head begins. One row a
 * kind: how it is recognised, followed and read. To read another, write its file, with
 * its row at the end, and list the row in evidence/reader.c.
 */
#include "base/buf.h"
#include "correlator/event.h"
#include "evidence/evidence.h"
#include "evidence/record.h"

struct log_kind {
	enum host_source source; /* of its events and its coverage */

	/* Whether a line (without its end) can be of no other log's form. */
	bool (*recognise)(struct slice line);

	/* What one log needs remembered; freed with `release`. `options->zone` and `path`
	 * are borrowed for its life. */
	void *(*make)(const struct host_reader_options *options);
	void (*release)(void *log);

	/* As host_reader_next(). Each line given is read before the next is asked for. */
	bool (*next)(void *log, struct slice *chunk, struct slice *ret_line);

	/* Reads one record and emits 0..n events, with the record's evidence reference.
	 * Lines that are not evidence are silence. */
	void (*read)(void *log, const struct record *record,
		     const struct emitter *emitter);

	/* Appends what of this line may be kept: put together anew from recognised
	 * parts, never a command, an address with its query, a setting, an output. */
	void (*evidence)(const struct record *record, struct buf *buf);

	/* As host_reader_stats(). */
	struct host_reader_stats (*stats)(const void *log);
};

extern const struct log_kind ssm_log;		  /* ssm_agent.c */
extern const struct log_kind azure_agent_log;	  /* azure_agent.c */
extern const struct log_kind azure_handler_log;	  /* azure_handler.c */
extern const struct log_kind azure_extension_log; /* azure_extension.c */
extern const struct log_kind authorized_keys_log; /* authorized_keys.c */
extern const struct log_kind cloud_init_log;	  /* cloud_init.c */
