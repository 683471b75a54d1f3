/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/hole.h"

#include <inttypes.h>

void holes_init(struct holes *holes, const struct cloud_reader_ops *ops)
{
	memset(holes, 0, sizeof(*holes));
	holes->ops = *ops;
}

static void tell(const struct holes *holes, const struct record_place *place,
		 const struct err *why)
{
	holes->ops.hole(holes->ops.ctx, place->position, place->line, why);
}

void holes_add(struct holes *holes, const struct record_place *place,
	       const struct err *why)
{
	if (holes->is_log) {
		tell(holes, place, why);
	} else if (!holes->has_first) {
		holes->has_first = true;
		holes->first_place = *place;
		holes->first_why = *why;
	}
}

void holes_set_is_log(struct holes *holes)
{
	if (!holes->is_log && holes->has_first)
		tell(holes, &holes->first_place, &holes->first_why);
	holes->is_log = true;
}

bool holes_is_foreign(const struct holes *holes, bool at_end)
{
	return !holes->is_log && holes->has_first &&
	       (at_end || holes->foreign_bytes > LIMIT_API_PREAMBLE_BYTES);
}

int holes_fail(const struct holes *holes, struct err *err)
{
	return err_set(err, ERR_FORMAT,
		       "no API log: at byte %" PRIu64 " (line %" PRIu64 "): %s",
		       holes->first_place.position, holes->first_place.line,
		       holes->first_why.text);
}
