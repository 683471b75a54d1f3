/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "base/limits.h"

static void value_name(const struct source *source, const char *what, struct buf *name)
{
	buf_append_format(name, "%s:%s", what, source->name);
}

static void put_value(const struct source *source, const char *what, struct slice value)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);

	value_name(source, what, &name);
	store_put_value(source->world->store, buf_text(&name), value);
}

static bool get_value(const struct source *source, const char *what, struct buf *value)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);

	value_name(source, what, &name);
	return store_get_value(source->world->store, buf_text(&name), value);
}

const char *source_condition_word(enum source_condition condition)
{
	static const char *const words[SOURCE_CONDITION_COUNT] = {
		[SOURCE_FOLLOWING] = "following",
		[SOURCE_ABSENT] = "absent",
		[SOURCE_DENIED] = "denied",
	};

	return words[condition];
}

bool source_is_shown(const struct source *source)
{
	struct source_state state;

	source->ops->state(source, &state);
	return !state.is_quiet;
}

void covered_load(struct covered *covered, const struct source *source)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	uint64_t from;

	covered->from = US_TIME_NONE;
	if (get_value(source, "covered", &value) &&
	    slice_number(buf_slice(&value), (uint64_t)US_TIME_MAX, &from))
		covered->from = (us_time)from;
}

void covered_begin(struct covered *covered, const struct source *source, us_time from)
{
	char text[32];

	covered->from = from;
	snprintf(text, sizeof(text), "%" PRId64, from);
	put_value(source, "covered", slice_text(text));
}

void cursor_load(const struct source *source, struct buf *buf)
{
	get_value(source, "cursor", buf);
}

void cursor_put(const struct source *source, struct slice cursor)
{
	put_value(source, "cursor", cursor);
}

void source_forget(const struct source *source)
{
	put_value(source, "cursor", (struct slice){ NULL, 0 });
	put_value(source, "covered", (struct slice){ NULL, 0 });
}

static int on_readable(sd_event_source *events, int fd, uint32_t what, void *ctx)
{
	(void)fd;
	(void)what;
	/* Readable until the source reads: the pump does. */
	sd_event_source_set_enabled(events, SD_EVENT_OFF);
	source_wake(ctx);
	return 0;
}

static int on_time(sd_event_source *events, uint64_t at, void *ctx)
{
	(void)events;
	(void)at;
	source_wake(ctx);
	return 0;
}

void source_wait_for(struct source *source, struct source_wait *wait, int fd,
		     us_span every)
{
	sd_event *event = source->world->event;

	if (fd >= 0 && !wait->readable &&
	    sd_event_add_io(event, &wait->readable, fd, EPOLLIN, on_readable, source) < 0)
		wait->readable = NULL;
	if (fd >= 0 && wait->readable)
		sd_event_source_set_enabled(wait->readable, SD_EVENT_ON);
	if (every <= 0)
		return;
	if (wait->timer) {
		sd_event_source_set_time_relative(wait->timer, (uint64_t)every);
		sd_event_source_set_enabled(wait->timer, SD_EVENT_ONESHOT);
	} else if (sd_event_add_time_relative(event, &wait->timer, CLOCK_BOOTTIME,
					      (uint64_t)every, 0, on_time, source) < 0) {
		wait->timer = NULL;
	}
}

void source_wait_release(struct source_wait *wait)
{
	sd_event_source_disable_unref(wait->readable);
	sd_event_source_disable_unref(wait->timer);
}
