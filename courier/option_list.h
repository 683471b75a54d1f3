/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Options of this machine that its cloud's metadata tells and that open or close a door:
 * for `countersign posture`. One JSON text:
 *
 *   {"cloud":"gcp","options":[{"name":"instance/attributes/serial-port-enable",
 *                              "value":"TRUE"},
 *                             {"name":"instance/attributes/ssh-keys","value":null}]}
 *
 * What is not set is not in it; null is a value that is not for telling: that it is set
 * says enough. Pure.
 */
#include <stdbool.h>

#include "base/buf.h"

/* What asks for them, as the attribute of a QUERY_METADATA. */
#define OPTION_LIST_ATTRIBUTE "options"

#define OPTION_LIST_MAX 32

/* The longest value that is told is "TrustedLaunch". */
#define OPTION_VALUE_BYTES ((size_t)64)

struct option_list {
	struct {
		const char *name; /* static */
		bool has_value;
		char value[OPTION_VALUE_BYTES];
	} items[OPTION_LIST_MAX];
	size_t count;
};

/* Adds one that is set, without its value. */
void option_list_add(struct option_list *list, const char *name);

/* The value of the `index`th. One that is too long, or is not printable ASCII, is none of
 * those that mean something: it stays untold. */
void option_list_set(struct option_list *list, size_t index, struct slice value);

/* Adds one with its value. */
void option_list_add_value(struct option_list *list, const char *name,
			   struct slice value);

/* Appends all of it. */
void option_list_write(const struct option_list *list, const char *cloud,
		       struct buf *body);
