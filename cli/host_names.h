/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Host names: which hosts the logs are of, and which of them is the one to be judged. A
 * name and the same with a domain behind it are one host; "localhost" is nobody's name.
 */
#include "base/buf.h"
#include "cli/event_list.h"

#define HOST_NAMES_MAX 64

struct host_names {
	struct slice names[HOST_NAMES_MAX]; /* borrowed; sorted by host_names_sort() */
	size_t count;
	bool has_more; /* than HOST_NAMES_MAX */
};

/* Notes a name unless it is empty, "localhost" or known. It is borrowed. */
void host_names_add(struct host_names *names, struct slice name);

/* Notes the names in the events. */
void host_names_add_events(struct host_names *names, const struct event_list *events);

/* Puts them in the order of their bytes, so that no message depends on that of the files.
 */
void host_names_sort(struct host_names *names);

/* Whether the two name one host. An empty name and "localhost" are of any host; `wanted`
 * is neither. */
bool host_name_is(struct slice name, struct slice wanted);

/* Finds the host that `wanted` names, or, when that is empty, the one with one of these
 * private addresses in its name ("ip-10-0-3-7"), or the only one. False when none or
 * several fit. */
bool host_names_pick(const struct host_names *names, struct slice wanted,
		     const struct identity *identity, struct slice *ret_name);

/* Appends them with ", " between. */
void host_names_append(const struct host_names *names, struct buf *buf);
