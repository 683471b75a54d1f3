/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control lab: a control socket in a folder of its own, an agent that answers as the
 * request says, and clients in the same process. Time passes in the event loop only.
 */
#include <stdio.h>
#include <sys/types.h>

#include "agent/control.h"

#define CONTROL_LAB_PATH_BYTES 96

struct control_lab {
	char folder[64];
	sd_event *event;
	struct control *control;
	char group[64];
	/* of the answers */
	unsigned answers;
	bool was_privileged;
	size_t rows; /* how many each has */
	struct slice row;
	bool keeps_reply; /* `reply` is to be ended by the test */
	struct control_reply *reply;
};

void control_lab_init(struct control_lab *lab);
void control_lab_release(struct control_lab *lab);

/* The path of the socket. */
const char *control_lab_path(const struct control_lab *lab,
			     char path[CONTROL_LAB_PATH_BYTES]);

/* Opens with the lab's answers; the result of control_open(). */
int control_lab_open(struct control_lab *lab, struct err *err);

/* A connection, -1 when it is refused. As another user and group where the test runs as
 * root and `uid` is not 0. */
int control_lab_connect(const struct control_lab *lab, uid_t uid, gid_t extra_group);

void control_lab_say(int fd, struct slice bytes);

/* Lets the agent work until nothing is left to do. */
void control_lab_turn(struct control_lab *lab);

/* What comes until the agent hangs up (true) or has nothing to say (false). */
bool control_lab_hear(struct control_lab *lab, int fd, struct buf *buf);

/* A request as root, and the whole answer. */
void control_lab_ask(struct control_lab *lab, const char *request, struct buf *buf);
