/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Meter: one line on standard error that says how far a long reading has come. Shows
 * nothing in the first second, and nothing at all when standard error is no terminal.
 */
#include "base/time.h"

struct meter {
	bool is_on;	  /* standard error is a terminal */
	bool is_shown;	  /* a line of ours is on it now */
	us_time begun_at; /* monotonic */
	us_time shown_at;
	uint64_t total_bytes; /* of all files, on disk */
	uint64_t done_bytes;  /* of the files before the current one */
};

/* `total_bytes`: of all that will be read. */
void meter_begin(struct meter *meter, uint64_t total_bytes);

/* The current file has been read up to here; shows the line when it is time. */
void meter_show(struct meter *meter, const char *path, uint64_t consumed_bytes);

/* The current file is done. */
void meter_file_done(struct meter *meter, uint64_t file_bytes);

/* Takes the line off, for a message or at the end. */
void meter_hide(struct meter *meter);
