/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Metadata: what a cloud's metadata server says, while it says it, of the keys and users
 * that ssh logins come with (Google Cloud). Its API logs name neither a key that was set
 * nor the host's name of a user. Asked at first, when somebody has logged in by ssh, and
 * now and then; the server is the host's own, and shares no rate with others. What has
 * changed since is fed.
 *
 * A key that stands in a file as Google's and was in no answer so far was not in the
 * first of them: that is what is fed when somebody logs in with it.
 */
#include "agent/control_plane.h"
#include "agent/plane/kind.h"

struct plane_metadata;

/* `world` is borrowed. */
struct plane_metadata *plane_metadata_new(const struct control_plane_options *world);
void plane_metadata_free(struct plane_metadata *metadata);

/* A login's verdict is new or has changed. */
void plane_metadata_note(struct plane_metadata *metadata, const struct verdict *verdict);

/* Asks what is to be asked now, one question at a time. `kind` as it is now. */
void plane_metadata_consider(struct plane_metadata *metadata,
			     const struct plane_kind *kind);
