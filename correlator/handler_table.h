/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The handlers of Azure's extensions, by the name that the host's agent gives them
 * ("Publisher.Type") and the names that people give their resources: which run code that
 * somebody chose, and are judged, and which the platform drives, and are listed. Handlers
 * of one family are one thing under several names, or its successor. One that is not here
 * is judged. For the correlator's own files only.
 */
#include "base/slice.h"

enum handler_class {
	HANDLER_CODE,		     /* runs what a call gave it */
	HANDLER_RUN_COMMAND,	     /* runCommand/action */
	HANDLER_MANAGED_RUN_COMMAND, /* runCommands/write, each with a name */
	HANDLER_APPLICATIONS,	     /* installs VM applications of a gallery */
	HANDLER_PLATFORM,	     /* driven by the platform: patches, monitoring ... */
};

/* A family's number, never stored; or that the handler is in no list. */
#define HANDLER_UNLISTED (-1)

/* The family of a handler, in any case. */
int handler_family(struct slice handler);

/* The family that an extension's resource is named after, in any case; HANDLER_UNLISTED
 * when its name is anybody's. */
int handler_family_named(struct slice resource);

/* HANDLER_CODE for HANDLER_UNLISTED. */
enum handler_class handler_class(int family);
