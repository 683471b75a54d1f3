/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How a sink is reached, as its section says: whom to trust, whom to show, which proxy.
 */
#include "config/config.h"
#include "courier/http.h"

/* The result borrows from both. */
void sink_http_options(const struct config *config, const struct config_sink *sink,
		       struct http_options *ret_options);
