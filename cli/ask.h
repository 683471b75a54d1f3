/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ask: a request to the agent over its control socket, and the rows of its answer. What
 * comes back is bounded and believed in nothing: whoever has the agent's place may send
 * any bytes. What a row says is escaped by whoever prints it.
 */
#include "agent/control_request.h"
#include "base/err.h"
#include "base/json.h"

#define ASK_SOCKET "/run/countersign/" CONTROL_SOCKET

struct ask;

/* One row; borrowed until the next one is taken. */
struct ask_row {
	struct slice type; /* "login" ... */
	struct slice line; /* as it came, without its newline */
	const json_t *json;
};

/* Connects to the socket at `path` and sends the request. The caller owns the result. The
 * error says what to do where nobody answers. */
int ask_new(const char *path, const struct control_request *request, struct ask **ret_ask,
	    struct err *err) __attribute__((warn_unused_result));
void ask_free(struct ask *ask);

/* The next row, waiting for it; NULL at the end of the answer, which of one that follows
 * never comes. Fails on an answer that is an error, has no end, or is none. */
int ask_next(struct ask *ask, const struct ask_row **ret_row, struct err *err)
	__attribute__((warn_unused_result));

/* The agent's process: who listens on the socket. */
struct ask_agent {
	unsigned uid;
	unsigned pid; /* 0 = not known here */
};
int ask_agent(const struct ask *ask, struct ask_agent *ret_agent, struct err *err)
	__attribute__((warn_unused_result));

/* Appends a row's line as it may be shown: the same JSON, with what moves the cursor,
 * reorders or hides text as \uNNNN. `line` is JSON. False past buf's limit. */
bool ask_append_line(struct buf *buf, struct slice line);
