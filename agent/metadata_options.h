/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Metadata options: what the courier says that the cloud's metadata tells of the doors of
 * this machine (courier/option_list.h has the form), read without trust in it. Pure.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

struct metadata_options {
	json_t *root;	    /* owned; what follows borrows from it */
	struct slice cloud; /* "aws" */
	struct {
		struct slice name;
		struct slice value; /* .ptr NULL = it is set, and not told */
	} options[LIMIT_METADATA_OPTIONS];
	size_t count;
};

/* Fails on anything that is no such text, or is more than any cloud has to say. The
 * caller releases the result. */
int metadata_options_read(struct slice text, struct metadata_options *ret_options,
			  struct err *err) __attribute__((warn_unused_result));
void metadata_options_release(struct metadata_options *options);
#define AUTO_METADATA_OPTIONS __attribute__((cleanup(metadata_options_release)))
