/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The courier as a whole: takes connections, asks the one provider of this machine what
 * comes in over them, gives the answers back, and goes when nobody needs it any more.
 */
#include <systemd/sd-event.h>

#include "base/err.h"
#include "config/config.h"

struct courier;

/* `event` and `config` outlive it. */
struct courier *courier_new(sd_event *event, const struct config *config);
void courier_free(struct courier *courier); /* NULL is allowed */

/* Serves the connection `fd`; when it ends the courier does too. Takes the descriptor, on
 * failure too. Fails when it is no unix stream, or when whoever is at its other end has
 * nothing to ask here. */
int courier_serve(struct courier *courier, int fd, struct err *err)
	__attribute__((warn_unused_result));

/* Serves whoever connects to the listening socket `fd`. Takes the descriptor. */
int courier_listen(struct courier *courier, int fd, struct err *err)
	__attribute__((warn_unused_result));
