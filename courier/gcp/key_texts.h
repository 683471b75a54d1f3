/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The metadata that says which SSH keys an instance takes, its own and its project's, as
 * one JSON text:
 *
 *   {"instance":{"ssh-keys":"alice:ssh-ed25519 AAAA...","sshKeys":null,
 *                "block-project-ssh-keys":"true","enable-oslogin":null},
 *    "project":{"ssh-keys":null,"sshKeys":null,"enable-oslogin":"TRUE"}}
 *
 * null is what is not set. Pure.
 *
 * Source: "Add SSH keys to VMs" and "Set up OS Login", Compute Engine documentation.
 */
#include "base/buf.h"

#define GCP_KEY_TEXT_COUNT 7

struct gcp_key_texts {
	struct {
		struct buf text; /* owned */
		bool is_set;
	} values[GCP_KEY_TEXT_COUNT];
};

void gcp_key_texts_release(struct gcp_key_texts *texts);

/* Where in metadata the value is: "instance/attributes/ssh-keys". */
const char *gcp_key_texts_path(size_t index);

/* Keeps a value. False when it is longer than any may be. */
bool gcp_key_texts_set(struct gcp_key_texts *texts, size_t index, struct slice value);

/* Appends all of it. */
void gcp_key_texts_write(const struct gcp_key_texts *texts, struct buf *body);
