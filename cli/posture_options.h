/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture options: what the cloud's metadata says of this machine's doors, as the running
 * agent has it from its courier: the command line has no network of its own.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "cli/ask.h"
#include "correlator/words.h"

enum posture_options_state {
	POSTURE_OPTIONS_UNASKED,  /* of an image: metadata is the machine's */
	POSTURE_OPTIONS_UNKNOWN,  /* `why` says why */
	POSTURE_OPTIONS_NO_CLOUD, /* the machine is of none */
	POSTURE_OPTIONS_KNOWN,
};

struct posture_options {
	enum posture_options_state state;
	const char *why; /* "" unless unknown */
	enum cloud cloud;
	struct {
		struct slice name;  /* "instance/attributes/ssh-keys" */
		struct slice value; /* .ptr NULL = it is set, and not told */
	} items[LIMIT_METADATA_OPTIONS];
	size_t count;
};

/* Asks the agent at this socket; all texts are the arena's. Where it cannot be asked, or
 * does not know, they are unknown, and why is said. */
void posture_options_ask(const char *socket, struct arena *arena,
			 struct posture_options *ret_options);

/* Whether it is set; its value is empty where it is not told. */
bool posture_options_find(const struct posture_options *options, const char *name,
			  struct slice *ret_value);
