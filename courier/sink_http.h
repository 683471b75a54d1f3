/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How a sink is reached, as its section says: whom to trust, whom to show, which proxy.
 */
#include "config/config.h"
#include "courier/http.h"

#define SINK_KEY_PATH_BYTES ((size_t)8192)

/* The result borrows from all three; `key_path` gets where the client's key is. */
void sink_http_options(const struct config *config, const struct config_sink *sink,
		       struct buf *key_path, struct http_options *ret_options);
