/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Shutting in: what a daemon gives up as its first act, so that it has nothing that it
 * was not meant to have. No core of its memory is written, no other process of its user
 * may look into it, no program that it starts gains rights; descriptors and variables
 * that it was started with by accident are gone.
 */
#include <stdbool.h>

struct shut_in {
	int first_fd;	   /* the descriptors that it was given on purpose, besides 0, */
	int fd_count;	   /* 1 and 2 */
	bool is_debugging; /* do not hinder those who look into it, nor forget what they
			      say */
};

/* Whether this build is one that sanitizers and tests look into. */
bool shut_in_is_debugging(void);

/* Ends the process (abort) where the kernel refuses. No thread may run yet. */
void shut_in(const struct shut_in *how);
