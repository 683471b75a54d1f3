/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The words of scripts (script.h): which verb makes which event, and where in the event
 * each key's value goes. For script.c only.
 */
#include <stddef.h>

#include "correlator/event.h"

enum script_value {
	VALUE_TEXT,
	VALUE_LIST, /* commas between; the count lies at `count_offset` */
	VALUE_TIME, /* seconds after SCENE_EPOCH; "none", "min", "max", "least", "most" */
	VALUE_SPAN, /* seconds */
	VALUE_U16,
	VALUE_I16,
	VALUE_U32,
	VALUE_U64,
	VALUE_BOOL,   /* "yes" */
	VALUE_CLASS,  /* "ic", "ssm", "activity" ...; not said: every class */
	VALUE_REASON, /* its word */
	VALUE_TRUST,  /* its word */
	VALUE_SOURCE, /* "syslog", "journal", "ssm", "azure" ... */
	VALUE_STAGE,
	VALUE_USER_STATE, /* seen, admitted, refused */
	VALUE_HASH,	  /* any text */
};

struct script_key {
	const char *name;
	enum script_value kind;
	size_t offset, count_offset;
};

/* What each verb makes: the kind of event, and which of its kind (action, run kind,
 * lost). */
struct script_verb {
	const char *name;
	enum event_kind kind; /* EVENT_KIND_COUNT: time passes */
	int variant;
	enum api_outcome outcome;
	const struct script_key *keys; /* ends with a row without a name */
};

/* Keys that every event has; ends with a row without a name. */
extern const struct script_key script_common_keys[];

/* Ends with a row without a name. */
extern const struct script_verb script_verbs[];
