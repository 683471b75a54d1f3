/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Provider: one cloud, as the courier asks it. A folder of courier/ each, a row in
 * courier/provider.c. Answers are messages; each request gets exactly one, later, from
 * the loop.
 */
#include "config/config.h"
#include "courier/http.h"
#include "courier/message.h"

struct provider;

/* Takes the answer to one request; what it borrows is valid during the call. */
typedef void provider_done_fn(void *ctx, const struct message *answer);

struct provider_ops {
	const char *name; /* "aws" */
	/* Whether DMI says that this machine is of this cloud, without any network. */
	bool (*is_here)(void);
	/* Whom to trust there (PEM); "" = whom the system trusts. Borrowed. */
	const char *(*ca_file)(const struct config *config);
	/* `event`, `http` and `config` outlive it. */
	struct provider *(*open)(sd_event *event, struct http *http,
				 const struct config *config);
	/* Answers a MESSAGE_ASK_IDENTITY, _ASK_PAGE or _ASK_CHECK; sets kind, outcome and
	 * detail of the answer; the number is the caller's to set. */
	void (*ask)(struct provider *provider, const struct message *request,
		    provider_done_fn *done, void *ctx);
	void (*close)(struct provider *provider); /* cancels; `done` is not called */
};

/* By name; NULL when there is none. */
const struct provider_ops *provider_find(const char *name);
/* The one whose machine this is, or NULL. */
const struct provider_ops *provider_here(void);
