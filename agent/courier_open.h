/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a conversation with countersign-courier comes from: its socket, where systemd
 * listens for it, or a child of this process over a socket pair. Nothing is said yet, and
 * nobody waits for the child.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "config/config.h"

/* After runtime_dir's name: beside that folder, not in it. systemd gives the socket to
 * its user by its path; in a folder of the agent's, whoever has taken the agent over
 * could lay a link there just then, and be given any file. */
#define COURIER_SOCKET_SUFFIX "-courier.sock"

/* Whether a courier may have to be started as a child: the configuration wants one, or
 * leaves the choice, and there is no socket, but a program that can be run from here. */
bool courier_open_starts_child(const struct config *config);

struct courier_place {
	const struct config *config;
	const char *config_path; /* given to a child; NULL = none */
	bool may_start_child;	 /* this process may still run programs */
};

/* Opens one end, as the configuration's [courier] mode says; the caller owns `*ret_fd`.
 * `*ret_pid` is set where a child was started, and is to be 0 before. */
int courier_open(const struct courier_place *place, int *ret_fd, pid_t *ret_pid,
		 struct err *err) __attribute__((warn_unused_result));
