/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/formats.h"

#include <string.h>

#include "alert/record.h"

const struct alert_format *const alert_formats[] = {
	&alert_format_ocsf,
	&alert_format_ocsf_1_9,
	&alert_format_native,
	&alert_format_ecs,
	&alert_format_cef,
	&alert_format_udm,
	&alert_format_asff,
	&alert_format_slack,
	&alert_format_teams,
	&alert_format_pagerduty,
	NULL,
};

const struct alert_format *alert_format_find(const char *name)
{
	for (size_t i = 0; alert_formats[i]; i++) {
		if (strcmp(alert_formats[i]->name, name) == 0)
			return alert_formats[i];
	}
	return NULL;
}

static void take_back(struct buf *buf, size_t len)
{
	buf->len = len;
	if (buf->ptr)
		buf->ptr[len] = '\0';
	buf->overflowed = false;
}

void alert_format_append(const struct alert_format *format, struct buf *buf,
			 const struct alert_record *record)
{
	struct native_context bare = *record->context;
	struct alert_record without_lines = *record;
	size_t before = buf->len;

	if (buf_overflowed(buf) || !(format->streams & 1u << record->stream))
		return;
	format->write(buf, record);
	if (!buf_overflowed(buf))
		return;
	take_back(buf, before);
	bare.evidence = NULL;
	without_lines.context = &bare;
	format->write(buf, &without_lines);
	if (!buf_overflowed(buf))
		return;
	take_back(buf, before);
	buf->overflowed = true;
}
