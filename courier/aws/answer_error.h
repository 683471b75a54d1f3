/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What an answer of AWS that is no 200 means. It is small and read whole; of it only the
 * type is kept, since the words may quote the request, session token and all.
 */
#include "courier/message.h"

/* What an error means, beyond its outcome. */
enum answer_fault {
	FAULT_NONE,	   /* nothing more than the outcome says */
	FAULT_CREDENTIALS, /* expired or refused: others may do */
	FAULT_CLOCK,	   /* the signature was refused: perhaps for its time */
	FAULT_TOKEN,	   /* the page token was refused */
	FAULT_NOT_THERE,   /* what was asked for is not known */
};

#define ANSWER_TYPE_BYTES 65

struct answer_error {
	enum message_outcome outcome;
	enum answer_fault fault;
	char type[ANSWER_TYPE_BYTES]; /* "AccessDeniedException"; "" = not said */
	const char *because; /* static: which policy denies it, in words; NULL = not
				said */
};

/* What an answer that is no 200 means, by its type (the x-amzn-errortype header, else
 * "__type", else the code of an XML or JSON error), and by its status where the type is
 * not known. Any bytes will do. */
struct answer_error answer_error_read(int status, struct slice error_type,
				      struct slice body);

/* The text between <name> and </name>, anchored: the first of each, without markup in it.
 * Empty when there is none. */
struct slice answer_xml_text(struct slice xml, const char *name);
