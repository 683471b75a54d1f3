/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Watches the folders in which the SSM agent works on what it was sent: a session has one
 * in <data dir>/<instance>/session/orchestration/, a command one in
 * <data dir>/<instance>/document/orchestration/, each named after its id. So their start
 * is known though the SSM agent's log is silenced or somebody empties it. Folders may
 * come later, go and be replaced. Nothing of what they hold is read. Pulled by its owner,
 * who waits on the descriptor; reads no clock.
 *
 *     /var/lib/amazon/ssm/i-0a1b2c3d4e5f60718/session/orchestration/alice-0a1b2c3d4e5f60718
 *     /var/lib/amazon/ssm/i-0a1b2c3d4e5f60718/document/orchestration/<command's uuid>
 *
 * One that is younger than the youngest given out before is given out, so that after a
 * restart only those that came meanwhile are; those of the same microsecond may be given
 * again.
 */
#include "base/buf.h"
#include "base/time.h"

struct ssm_folders;

enum ssm_folder_kind {
	SSM_FOLDER_SESSION,
	SSM_FOLDER_COMMAND, /* or a run of an association, whose id looks the same */
};

/* Slices are borrowed until the next step. */
struct ssm_folder {
	enum ssm_folder_kind kind;
	struct slice instance; /* "i-..." or "mi-...": the folder's name */
	struct slice id;       /* the session's or the command's */
	us_time appeared_at;   /* when the folder was made, or else last changed */
	bool is_trusted; /* it and the folders above it, up to the data dir, are root's
			    and nobody else may write there */
};

/* Follows what comes below `data_dir`; without a cursor only what comes from now on.
 * `cursor` is what ssm_folders_cursor() wrote before; empty, or not to be understood, is
 * a first start. Never fails. The caller owns the result. */
struct ssm_folders *ssm_folders_new(const char *data_dir, struct slice cursor);
void ssm_folders_free(struct ssm_folders *folders);

/* The next folder, oldest first of those that are found together. False when there is
 * none now. */
bool ssm_folders_next(struct ssm_folders *folders, struct ssm_folder *ret_folder);

/* Appends where to go on after every folder given out so far, on one line of text. */
void ssm_folders_cursor(const struct ssm_folders *folders, struct buf *buf);

/* What to wait for when there is none: a descriptor that becomes readable when there may
 * be more (owned by this, the same while it lives), or -1 with `*ret_every` the time to
 * ask again. With a descriptor `*ret_every` is 0. */
int ssm_folders_fd(struct ssm_folders *folders, us_span *ret_every);

struct ssm_folders_state {
	bool is_there;	      /* at least one folder of sessions or commands is watched */
	bool is_absent;	      /* the data dir is not there, or no folder */
	bool was_there;	      /* it was, since this was made */
	bool is_denied;	      /* it, or a folder in it, may not be read */
	uint64_t given;	      /* folders given out */
	uint64_t refused;     /* names that are no id */
	uint64_t passed_over; /* past a ceiling: too many at a time */
};
struct ssm_folders_state ssm_folders_state(const struct ssm_folders *folders);
