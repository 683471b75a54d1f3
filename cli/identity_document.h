/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Identity documents: who a host is, out of what its cloud's instance metadata answers:
 * AWS's instance identity document, Azure's instance metadata (or its "compute" alone),
 * Google Cloud's metadata with recursive=true (or its "instance" alone). They hold user
 * data, keys and scripts, too: nothing of those is read.
 */
#include "base/arena.h"
#include "base/err.h"
#include "correlator/event.h"

/* Reads the JSON text. What it says lives in the arena; what it does not say is left as
 * it was. Fails on what is none of the three. */
int identity_document_read(struct slice text, struct arena *arena,
			   struct identity *identity, struct err *err)
	__attribute__((warn_unused_result));

/* Whether it is the literal address of a host. */
bool identity_is_address(struct slice text);

/* Addresses of one host that are kept. */
#define IDENTITY_IPS_MAX 64

/* Tags of one instance that are kept; the clouds allow 50. */
#define IDENTITY_TAGS_MAX 64
