/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Entra ID's users: what aad_certhandler and pam_aad said of them, and when. For the
 * correlator's own files only.
 */
#include "correlator/state.h"

/* An EVENT_CLOUD_USER of Azure's. */
void session_take_entra_user(struct correlator *correlator, const struct event *event);

/* Lists an ssh login whose user may be Entra's. */
void entra_add_login(struct correlator *correlator, struct tracked_login *login);

/* A user's own part, in its node. */
struct key_moments *key_moments_new(void);
void key_moments_free(struct key_moments *moments);
