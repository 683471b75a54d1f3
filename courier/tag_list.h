/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The tags of an instance, "key=value", as its metadata or the configuration tells them.
 * Half of them are none: rules go by a tag that is there or is not, so what cannot be
 * kept makes all of them unknown.
 */
#include <stdbool.h>

#include "config/config.h"
#include "courier/message.h"

/* All texts together, with their NULs: 50 tags, of which a usual one has 40 bytes. */
#define TAG_LIST_BYTES ((size_t)32 * 1024)

struct tag_list {
	bool is_said; /* there are some, or it was said that there are none */
	bool is_cut;  /* there was one that cannot be kept */
	size_t count;
	size_t used;
	size_t starts[MESSAGE_LIST_MAX]; /* in `bytes` */
	char bytes[TAG_LIST_BYTES];
};

/* None, and it is said so. */
void tag_list_begin(struct tag_list *list);

/* Adds one. With an empty key, a control byte, or where it does not fit, the list is cut.
 */
void tag_list_add(struct tag_list *list, struct slice key, struct slice value);

/* The tags of the configuration, each "key=value", in the place of others; none leaves
 * what is there. */
void tag_list_configure(struct tag_list *list, const struct config_list *tags);

/* Whether they are known. */
bool tag_list_is_known(const struct tag_list *list);

/* The `index`th, terminated. */
const char *tag_list_at(const struct tag_list *list, size_t index);

/* Puts them into the answer, which borrows from the list. */
void tag_list_tell(const struct tag_list *list, struct identity_answer *answer);
