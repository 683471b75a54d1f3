/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The table behind the configuration (config/config.def): which sections and settings
 * there are, and what each takes. Looks them up, and finds what a misspelt name may have
 * meant.
 */
#include "base/buf.h"

enum setting_type {
	TYPE_TEXT,	 /* printable */
	TYPE_NAME,	 /* letters, digits, '.', '_' and '-' */
	TYPE_ID,	 /* printable ASCII without blanks */
	TYPE_PATH,	 /* absolute, without ".." */
	TYPE_URL,	 /* http:// or https://, without user or password */
	TYPE_PROXY,	 /* as TYPE_URL, or a word */
	TYPE_SINK_URL,	 /* as TYPE_URL, or tcp://, tls://, unix:/path */
	TYPE_SECRET,	 /* as TYPE_PATH, or credential:NAME */
	TYPE_SPAN,	 /* 20min */
	TYPE_SPAN_OR_NO, /* 20min or no */
	TYPE_BYTES,	 /* 64MiB */
	TYPE_COUNT,	 /* 32 */
	TYPE_YES_NO,	 /* yes or no */
	TYPE_WORD,	 /* one of the words, kept as text */
	TYPE_MODE,	 /* one of the words, kept as its number */
	TYPE_SOURCE,	 /* one of the words or a path: struct config_source */
	TYPE_FILES,	 /* a word or paths: struct config_list, empty = the first word */
	TYPE_ADDRESSES,	 /* IP addresses: struct config_list */
	TYPE_TAGS,	 /* key=value: struct config_list */
	TYPE_TIME,	 /* RFC 3339 */
	SETTING_TYPE_COUNT
};

/* Where a setting's value goes. */
enum setting_place {
	PLACE_CONFIG,	/* struct config, at `offset` */
	PLACE_SINK,	/* struct config_sink, at `offset` */
	PLACE_OVERRIDE, /* struct config, at `offset`: not set = as in [correlation] */
	PLACE_NONE,	/* only kept as text */
};

struct setting {
	const char *section, *key;
	enum setting_type type;
	enum setting_place place;
	size_t offset;
	int64_t least, most;  /* of numbers and spans; of a text's length */
	const char *fallback; /* the default, as it would be written; "" = not set */
	const char *words;    /* words it takes, with blanks between them */
	const char *help;
};

struct setting_section {
	const char *name, *help;
};

size_t setting_count(void);
const struct setting *setting_at(size_t index);
/* The index of a key in a section, or -1. */
ptrdiff_t setting_find(struct slice section, struct slice key);

size_t setting_section_count(void);
const struct setting_section *setting_section_at(size_t index);
/* NULL when there is none of this name. */
const struct setting_section *setting_section_find(struct slice name);

/* Appends what an unknown section or key may have meant, and what is allowed:
 * "did you mean 'state_dir'? allowed are ...". */
void setting_suggest_section(struct slice name, struct buf *buf);
void setting_suggest_key(const char *section, struct slice key, struct buf *buf);

/* Whether `word` is one of `words`; its place among them in `*ret_index`. */
bool setting_has_word(const char *words, struct slice word, size_t *ret_index);

/* How many letters must be changed, added, removed or swapped with their neighbour to
 * make one of the other; at least `limit` when it is that many or more. `limit` is at
 * most 8. */
unsigned setting_distance(struct slice a, struct slice b, unsigned limit);
