/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/meter.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"

#define QUIET_US US_PER_SECOND
#define REDRAW_US (US_PER_SECOND / 10)
#define LONGEST_NAME_BYTES 40

static us_time monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

void meter_begin(struct meter *meter, uint64_t total_bytes)
{
	*meter = (struct meter){
		.is_on = isatty(STDERR_FILENO),
		.begun_at = monotonic_now(),
		.total_bytes = total_bytes,
	};
}

static struct slice last_part(const char *path)
{
	struct slice name = slice_text(path);

	name = slice_skip(name, (size_t)(slice_find_last(name, '/') + 1));
	return slice_first(name, LONGEST_NAME_BYTES);
}

void meter_show(struct meter *meter, const char *path, uint64_t consumed_bytes)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	uint64_t done = meter->done_bytes + consumed_bytes;
	us_time now;

	if (!meter->is_on)
		return;
	now = monotonic_now();
	if (now - meter->begun_at < QUIET_US || now - meter->shown_at < REDRAW_US)
		return;

	meter->shown_at = now;
	meter->is_shown = true;
	if (done > meter->total_bytes)
		done = meter->total_bytes;
	escape_append(&name, last_part(path));
	fprintf(stderr, "\r\033[Kreading, %3.0f%%: %s",
		meter->total_bytes ? 100.0 * (double)done / (double)meter->total_bytes
				   : 100.0,
		buf_text(&name));
	fflush(stderr);
}

void meter_file_done(struct meter *meter, uint64_t file_bytes)
{
	meter->done_bytes += file_bytes;
}

void meter_hide(struct meter *meter)
{
	if (!meter->is_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	meter->is_shown = false;
}
