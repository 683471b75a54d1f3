/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Status lists: the sinks and suppressions of a status row, of which there may be more
 * than a screen has lines: what is in trouble has a line of its own, the rest is counted.
 */
#include "cli/status_page.h"

void status_lists_put_sinks(struct status_page *page, const json_t *sinks);

/* Those that hold for something, or have expired; nothing where there is none at all. */
void status_lists_put_suppressions(struct status_page *page, const json_t *rows);
