/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Native: the project's own JSON of logins, findings and the summary, one object each, on
 * one line, every byte from outside escaped. The texts of evidence live outside and are
 * asked for.
 */
#include "alert/finding.h"
#include "base/buf.h"

/* One line that somebody wrote, as it is shown; borrowed from whoever keeps it. */
struct evidence_text {
	struct slice source; /* file, folder of journals, or API file */
	struct slice cursor; /* where in it: "offset=512", or journald's own */
	struct slice line;   /* empty = must not be shown */
};

struct native_context {
	struct slice instance; /* this host's instance id, "" = unknown */
	struct slice host;     /* its name, for findings without a login; "" = unknown */
	/* Finds an evidence reference of a login or observation; false when it is not
	 * kept. */
	bool (*evidence)(void *ctx, uint64_t reference, struct evidence_text *ret_text);
	void *ctx; /* borrowed, passed back */
};

struct native_summary {
	uint64_t logins;
	uint64_t by_verdict[VERDICT_COUNT];
	uint64_t findings;
	uint64_t api_calls; /* distinct events read */
	uint64_t lines;	    /* host lines read */
};

/* Each appends one object without a newline. What does not fit the buf's limit is for the
 * caller to notice (buf_overflowed). */
void native_append_login(struct buf *buf, const struct verdict *verdict,
			 const struct native_context *context);
void native_append_finding(struct buf *buf, const struct finding *finding,
			   const struct native_context *context);
void native_append_summary(struct buf *buf, const struct native_summary *summary);
