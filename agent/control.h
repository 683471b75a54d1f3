/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control socket: how `countersign` asks the agent on this host. A unix stream socket;
 * the client sends one request, a JSON object on one line, and gets JSON Lines back: rows
 * (`{"type":"login",...}`), then `{"type":"end"}` or `{"type":"error","text":"..."}`.
 * With "follow" the rows go on until the client hangs up. Who the peer is the kernel says
 * (SO_PEERCRED): any local user may ask for health, only root, the agent's own user and
 * members of the group `countersign` for logins and findings. Hostile peers are bounded:
 * connections, bytes, time. Nothing here ever blocks.
 */
#include <systemd/sd-event.h>

#include "agent/control_request.h"
#include "base/buf.h"
#include "base/err.h"

/* Where an answer goes: rows one after the other, each one JSON object without a newline.
 * An answer that comes later (doctor waits for the courier) keeps the reply until it is
 * ended, in one of the two ways; that the peer has hung up meanwhile does no harm. A
 * reply is gone once it was ended. An answer past LIMIT_CONTROL_ANSWER_BYTES that the
 * peer has not read ends as an error that says so. */
struct control_reply;
void control_reply_row(struct control_reply *reply, struct slice json);
void control_reply_end(struct control_reply *reply);
void control_reply_error(struct control_reply *reply, const char *text);

/* What the agent answers with. `is_privileged`: may see logins. For follow the reply is
 * left open after the rows that are there already (control_publish() goes on) and not
 * kept: it may be gone once answer() has returned. */
struct control_ops {
	void (*answer)(void *ctx, const struct control_request *request,
		       bool is_privileged, struct control_reply *reply);
	void *ctx;
};

struct control;

/* Listens on runtime_dir/control.sock (replacing a dead one, refusing a live one), 0666
 * with checks by peer. runtime_dir is created when missing, and refused when others than
 * root and this user may write to it. `group` need not exist. `ops` is copied. The caller
 * owns the result. */
int control_open(sd_event *event, const char *runtime_dir, const char *group,
		 const struct control_ops *ops, struct control **ret_control,
		 struct err *err) __attribute__((warn_unused_result));

/* Hangs up on everybody and removes the socket. Replies that were kept stay valid. */
void control_close(struct control *control);

/* A login or finding is new or has changed: goes to those who follow and asked for such
 * (by command, path, verdict and time). */
void control_publish_login(struct control *control, us_time happened_at, enum path path,
			   enum verdict_kind verdict, bool is_door, struct slice json);
void control_publish_finding(struct control *control, us_time happened_at,
			     struct slice json);
