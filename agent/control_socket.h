/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control socket file: a listening socket in a folder that nobody else can change. One
 * that a dead agent left is replaced, one that somebody listens on is not. While it is
 * open the folder is locked, so that of two agents that start at once one gives way.
 */
#include <sys/types.h>

#include "base/err.h"

struct control_socket {
	int fd;	    /* listens; -1 = none */
	int folder; /* locked; -1 = none */
	dev_t device;
	ino_t inode; /* of the socket's file */
};

#define CONTROL_SOCKET_NONE            \
	{                              \
		.fd = -1, .folder = -1 \
	}

int control_socket_open(const char *runtime_dir, struct control_socket *ret_socket,
			struct err *err) __attribute__((warn_unused_result));

/* Removes the file too, where it is still this one. */
void control_socket_close(struct control_socket *socket);
