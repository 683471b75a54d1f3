/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of a tail, for the files tail*.c alone.
 *
 *   BAD_CURSOR --gap told--> START          START: from the live file's first byte
 *   FIRST --the file is there--> FOLLOWING  FIRST: nothing is known yet
 *   FIRST --there is no file--> START --there is--> FOLLOWING
 *   FOLLOWING --what was read is gone--> LOST --found in a copy--> FOLLOWING
 *                                        LOST --told as a gap--> AFTER
 *   FOLLOWING --read to the end of what nobody writes to--> AFTER --next--> FOLLOWING
 *   FOLLOWING --another file at the path--> FOLLOWING, the old one held
 *
 * A stage changes only together with the step that tells it, so that the cursor asked for
 * after any step is right.
 */
#include "agent/follow/tail_file.h"
#include "agent/follow/tail_find.h"

enum tail_stage {
	TAIL_BAD_CURSOR,
	TAIL_FIRST,
	TAIL_START,
	TAIL_FOLLOWING, /* `current` is set */
	TAIL_LOST,	/* the file of `mark` is to be found again */
	TAIL_AFTER,	/* what comes after the file of `mark` is next */
};

/* A file that was replaced. Its writer may not know it yet: it is read on as long as it
 * has a name, and a while longer. */
struct tail_held {
	struct tail_file *file; /* owned; NULL when closed or not found yet */
	struct tail_mark mark;	/* when there is no file */
	bool is_copied; /* what was read of it stands in the file that came after */
	bool is_sought; /* of a cursor, and not looked for yet */
	unsigned quiet_steps;
};

struct tail {
	char *path; /* owned */
	enum tail_from from;
	enum tail_stage stage;
	struct tail_file *current; /* owned */
	struct tail_mark mark;	   /* of LOST and AFTER */
	struct tail_file *changed; /* owned; of LOST, when it was read until now */
	struct tail_file *seeking; /* owned; a gzip that may be the file sought */
	struct tail_rejects rejects;
	uint32_t owner; /* of the live file */
	bool was_live;	/* whether the path led to `current` when last looked */
	unsigned restless_looks;
	size_t held_count;
	struct tail_held held[TAIL_HELD_FILES]; /* oldest first */
	struct tail_identity given;		/* the file of the last step */
	uint64_t nuls_counted;
	struct tail_state state;
	char path_text[512]; /* what a step borrows of a file that is closed with it */
	char cause[512];
};

/* What one turn came to. */
enum tail_turn {
	TAIL_AGAIN, /* something changed: take another turn */
	TAIL_GIVEN, /* the step is ready */
};

/* Steps: fill in what is common to all. */
enum tail_turn tail_give_bytes(struct tail *tail, struct tail_file *file,
			       struct tail_step *step);
enum tail_turn tail_give_gap(struct tail *tail, const char *path, struct tail_step *step);
enum tail_turn tail_give_absent(struct tail *tail, struct tail_step *step);

/* Work was done and nothing came of it yet: no bytes, ask again. */
enum tail_turn tail_give_nothing_yet(struct tail_step *step);

/* tail_held.c */
enum tail_turn tail_held_seek(struct tail *tail, struct tail_step *step);
enum tail_turn tail_held_read(struct tail *tail, struct tail_step *step);
enum tail_turn tail_held_settle(struct tail *tail, struct tail_step *step);
/* Room for one more; tells the rest of the file that is let go. */
enum tail_turn tail_held_make_room(struct tail *tail, struct tail_step *step);
/* Takes the file; there must be room. NULL for a file that could not be opened. */
void tail_held_add(struct tail *tail, struct tail_file *file,
		   const struct tail_mark *mark);
bool tail_held_knows(const struct tail *tail, const struct tail_sibling *sibling);
/* The held file of that identity, no longer held; NULL when there is none. */
struct tail_file *tail_held_take(struct tail *tail, struct tail_file *same);

/* tail_move.c */
/* Makes the file current, and takes it. */
void tail_follow(struct tail *tail, struct tail_file *file);

/* The first file there is to read at all: what stage FIRST and START begin with. */
enum tail_turn tail_begin(struct tail *tail, struct tail_step *step);
/* Stage AFTER, or FOLLOWING when the path leads elsewhere: opens what is next and makes
 * it current. */
enum tail_turn tail_move_on(struct tail *tail, struct tail_step *step);

/* tail_recover.c */
/* Stage LOST: finds the file, or tells what is lost. */
enum tail_turn tail_recover(struct tail *tail, struct tail_step *step);
/* A file that little was read of, nothing or what every such file begins with, may look
 * the same after it was copied and truncated. Whether a sibling tells that this happened:
 * of an order behind the files known, born after this one, with all that was read of it.
 * It is made current then, and the live file comes after it. */
enum tail_turn tail_find_unread_copy(struct tail *tail, const struct tail_mark *mark,
				     struct tail_step *step, bool *ret_is_found);
