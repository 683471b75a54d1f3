/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Event list: events kept whole, with all they borrow, until they are fed in the order of
 * their own time. What the sources said in which order is kept where times are equal.
 */
#include "base/arena.h"
#include "correlator/event.h"
#include "correlator/verdict.h"

struct event_list {
	struct arena *arena;   /* borrowed: holds the events */
	struct event **events; /* owned array */
	size_t count, size;
	struct slice last_host; /* the host name copied last: most are the same */
};

void event_list_init(struct event_list *list, struct arena *arena);
void event_list_release(struct event_list *list);

/* Appends a copy of the event and of all it borrows. */
void event_list_add(struct event_list *list, const struct event *event);

/* Sorts by time; at equal times API calls come first, then the journal, then files, and
 * what is still equal stays in the order it was added. */
void event_list_sort(struct event_list *list);

/* A copy in the arena of the event, or of the login, and of all it borrows. */
struct event *event_copy(struct arena *arena, const struct event *event);
struct login *login_copy(struct arena *arena, const struct login *login);
