/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Problems: what could not be done, told on standard error as it is met and counted,
 * because each makes the exit status 3 while the rest is still judged. Of one subject
 * only the first few are told, so that a damaged file does not hide the others. Texts are
 * escaped.
 */
#include "base/err.h"
#include "base/slice.h"

struct meter;

struct problems {
	uint64_t count;	     /* all of them, told or not */
	uint64_t of_subject; /* those of the current subject */
	struct meter *meter; /* taken off the screen before a message; may be NULL */
};

/* A new subject begins: a file. */
void problems_begin(struct problems *problems);

/* Tells and counts one: "countersign: 'subject': why"; without "'subject': " for NULL. */
void problems_tell(struct problems *problems, const char *subject, const struct err *why);

/* The subject ends: says how many of its problems were kept back, if any. */
void problems_end(struct problems *problems, const char *subject);

/* Tells what is worth knowing and is no problem. Not counted. */
void problems_note(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
