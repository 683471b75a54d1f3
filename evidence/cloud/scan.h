/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scan: where one JSON object ends, and where in it the few top-level keys of an API
 * record may be, in one pass that looks only at quotes, brackets and line ends. Bytes
 * come in as they arrive; out come the place to go on at and the reason for stopping. The
 * object itself may be the record, or wrap it under "event" or "detail", or hold a list
 * of them under "Records", "Events", "records", "value" or "entries". Nothing is decoded,
 * allocated or kept, and no value is checked: that the brackets match, that strings end
 * on their line, and that brackets and top-level strings stand where JSON lets them, is
 * all that is known of an object that was scanned.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The ways to look at 64 bytes; all give the same answers. */
enum scan_kernel {
	SCAN_KERNEL_PORTABLE,
	SCAN_KERNEL_SSE2,
	SCAN_KERNEL_AVX2,
	SCAN_KERNEL_AVX512,
	SCAN_KERNEL_COUNT
};

/* Whether this processor has what the kernel needs. */
bool scan_kernel_usable(enum scan_kernel kernel);

/* The fastest kernel that is usable. */
enum scan_kernel scan_kernel_best(void);

enum scan_stop {
	SCAN_MORE,   /* the window is used up inside the object */
	SCAN_END,    /* behind the object's closing bracket */
	SCAN_LIST,   /* behind the '[' of the list of records */
	SCAN_BROKEN, /* at a byte that cannot stand there; `fault` says why */
};

enum scan_fault {
	SCAN_FAULT_NONE,
	SCAN_FAULT_LINE_END, /* a line ends inside a string */
	SCAN_FAULT_BRACKET,  /* a bracket closes one of the other kind */
	SCAN_FAULT_PLACE,    /* a value or key stands where none can */
};

/* Strings at the record's level that may be keys of interest. Only a record in which
 * other strings look like them has more: none has more than a dozen of its own. */
#define SCAN_KEYS 24

struct scan;
typedef enum scan_stop scan_walk_fn(struct scan *scan, struct slice window, size_t *at);

/* Places in the table of what keys begin with. */
#define SCAN_SLOTS 64

struct scan {
	scan_walk_fn *walk;
	uint64_t slots[SCAN_SLOTS]; /* first eight bytes of keys; 0 = none */
	uint64_t depth;		    /* open brackets, from 1 */
	uint64_t kinds;		    /* a bit for each of the innermost 64: 1 = array */
	uint64_t record_depth;	    /* where the record's keys are, or SCAN_NO_DEPTH */
	uint64_t record_base;	    /* brackets around the record */
	uint64_t in_string;	    /* all ones: the last byte seen is inside a string */
	uint64_t is_escaped;	    /* 1: the next byte is escaped */
	uint64_t newlines;	    /* line ends passed since the object began */
	size_t record_start;	    /* the record's '{', relative to the object's */
	size_t record_len; /* of a wrapped record, known when its end was passed; else 0
			    */
	size_t keys[SCAN_KEYS]; /* opening quotes, relative to the object's '{' */
	unsigned key_count;
	bool too_many_keys; /* some are missing: only a full parse will tell */
	bool too_deep;	    /* nested deeper than LIMIT_JSON_DEPTH */
	bool counts_only;   /* only the object's end is looked for */
	enum scan_fault fault;
};

#define SCAN_NO_DEPTH UINT64_MAX

void scan_init(struct scan *scan, enum scan_kernel kernel);

/* Begins an object: the window will start at its '{' (or, for what follows a list in an
 * object, at the list's ']'); the next place to go on at is 1. */
void scan_begin(struct scan *scan);

/* From now on the window may start anywhere and only the end is looked for: for an object
 * that is too long to be kept. */
void scan_count_only(struct scan *scan);

/* Goes on at `*at`. Unless scan_count_only() was said, the window is all there is of the
 * object so far, from its '{' on. Always moves `*at` to the window's end or to where it
 * stopped. */
enum scan_stop scan_next(struct scan *scan, struct slice window, size_t *at);
