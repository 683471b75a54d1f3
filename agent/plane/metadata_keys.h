/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The SSH keys that Google's metadata gives an instance: read from the courier's answer
 * as the guest agent reads them (its own and its project's, without those that are
 * expired, none where OS Login is on), and compared with those of before. What is kept of
 * a key is its fingerprint, whose it is and what its comment says. Pure.
 *
 * Source: GoogleCloudPlatform/guest-agent, google_guest_agent/non_windows_accounts.go,
 * metadata.go (sshKeys, block-project-ssh-keys), oslogin.go.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "correlator/event.h"

/* A key is never longer than the line it was read from, and four values hold such. */
#define METADATA_KEYS_BYTES (4 * LIMIT_METADATA_VALUE_BYTES)

/* "FINGERPRINT\tUSER\tPRINCIPAL\n" each, sorted; of one user's key one alone. */
struct metadata_keys {
	struct buf text; /* owned */
};

void metadata_keys_init(struct metadata_keys *keys);
void metadata_keys_release(struct metadata_keys *keys);

/* Reads the answer, {"instance":{"ssh-keys":"USER:KEY\n...", ...},"project":{...}}. Fails
 * when it is none, or more than is kept. */
int metadata_keys_read(struct metadata_keys *keys, struct slice answer, us_time now,
		       struct err *err) __attribute__((warn_unused_result));

bool metadata_keys_have(const struct metadata_keys *keys, struct slice fingerprint,
			struct slice user);

/* Gives out, as EVENT_CLOUD_KEY of this time, what is in `now` and not in `before`, and,
 * as gone, what is not any more. */
void metadata_keys_compare(const struct metadata_keys *before,
			   const struct metadata_keys *now, us_time at,
			   const struct emitter *emitter);

/* What the metadata says of one key, at this time. */
struct event metadata_keys_event(struct slice fingerprint, struct slice user, us_time at);
