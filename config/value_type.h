/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One type of value: how its text is read into a field and written back. A file of
 * config/value_*.c has those of a kind; config/value.c has the table of them all.
 */
#include "base/err.h"
#include "config/setting.h"

struct value_type {
	const char *takes; /* what it takes besides words, for people */
	/* Gets a text that is not empty; changes the field only when it is sound. */
	int (*read)(const struct setting *setting, struct slice text, void *field,
		    struct err *err);
	void (*write)(const struct setting *setting, const void *field, struct buf *buf);
	void (*release)(void *field); /* NULL = it owns nothing */
	void (*unset)(void *field);   /* NULL = it is always set */
};

/* char * */
extern const struct value_type value_type_text, value_type_name, value_type_id,
	value_type_path, value_type_url, value_type_proxy, value_type_sink_url,
	value_type_secret, value_type_word;
/* us_span, us_span, uint64_t, uint64_t, us_time */
extern const struct value_type value_type_span, value_type_span_or_no, value_type_bytes,
	value_type_count, value_type_time;
/* bool, enum courier_mode, struct config_source */
extern const struct value_type value_type_yes_no, value_type_mode, value_type_source;
/* struct config_list */
extern const struct value_type value_type_files, value_type_addresses, value_type_tags;

/* A path must be absolute and have no "..". The text is not empty. */
int value_check_path(struct slice text, struct err *err)
	__attribute__((warn_unused_result));

/* Says which words are allowed, and `besides` after them. Always -1. */
int value_refuse_word(const struct setting *setting, const char *besides,
		      struct err *err);
