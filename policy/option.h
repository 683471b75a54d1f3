/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Options: the keys of [policy] and [baseline], each with what it takes and where in the
 * policy its value goes. One table reads and prints them.
 */
#include "policy/state.h"

#define POLICY_OPTIONS_MAX 16

/* The index of a key in a section, or -1. */
ptrdiff_t policy_option_find(struct slice section, struct slice key);

/* Reads a text that is not empty into the policy. */
int policy_option_read(struct policy *policy, size_t index, struct slice text,
		       struct err *err) __attribute__((warn_unused_result));

/* Appends the keys of a section, with commas between them. */
void policy_option_names(const char *section, struct buf *buf);

/* Appends the section and all its keys with their values. */
void policy_option_print(const struct policy *policy, const char *section,
			 struct buf *buf);
