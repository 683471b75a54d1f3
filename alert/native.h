/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Native: the project's own JSON of logins, findings and the summary, one object each, on
 * one line, every byte from outside escaped. The texts of evidence live outside and are
 * asked for.
 */
#include "alert/finding.h"
#include "base/buf.h"
#include "base/json.h"

/* One line that somebody wrote, as it is shown; borrowed from whoever keeps it. */
struct evidence_text {
	struct slice source; /* file, folder of journals, or API file */
	struct slice cursor; /* where in it: "offset=512", or journald's own */
	struct slice line;   /* empty = must not be shown */
};

struct native_context {
	struct slice instance; /* this host's instance id, "" = unknown */
	struct slice host;     /* its name, for findings without a login; "" = unknown */
	/* Where that instance is; "" = unknown. The native form has them only with an API
	 * call; other formats write them by themselves. */
	struct slice provider; /* "aws" */
	struct slice account, region;
	/* Finds an evidence reference of a login or observation; false when it is not
	 * kept. */
	bool (*evidence)(void *ctx, uint64_t reference, struct evidence_text *ret_text);
	void *ctx; /* borrowed, passed back */
};

struct native_summary {
	uint64_t logins;
	uint64_t by_verdict[VERDICT_COUNT];
	uint64_t findings;   /* that are not suppressed */
	uint64_t suppressed; /* by the policy */
	uint64_t api_calls;  /* distinct events read */
	uint64_t lines;	     /* host lines read */
};

struct json_writer;

/* The members of the objects below, for an object that the caller has open. */
void native_put_login(struct json_writer *writer, const struct verdict *verdict,
		      const struct native_context *context);
void native_put_finding(struct json_writer *writer, const struct finding *finding,
			const struct native_context *context);

/* Each appends one object without a newline. What does not fit the buf's limit is for the
 * caller to notice (buf_overflowed). */
void native_append_login(struct buf *buf, const struct verdict *verdict,
			 const struct native_context *context);
void native_append_finding(struct buf *buf, const struct finding *finding,
			   const struct native_context *context);
void native_append_summary(struct buf *buf, const struct native_summary *summary);

/* Puts one API call as a member, as "api_call" of a login has it; null without one.
 * `matched` as in struct verdict. */
void native_put_call(struct json_writer *writer, const char *key,
		     const struct event *event, uint32_t matched);
