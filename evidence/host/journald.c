/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define CAUSE_BYTES 256

/* sd-messages.h: SD_MESSAGE_JOURNAL_DROPPED, SD_MESSAGE_FORWARD_SYSLOG_MISSED. */
#define ID_DROPPED "a596d6fe7bfa4994828e72309e95d61e"
#define ID_FORWARD_MISSED "e9bf28e6e834481bb6f48f548ad13606"

/* Suppressed 1713 messages from ssh.service */
static bool is_dropped(struct slice message)
{
	uint64_t count;

	return slice_take_prefix(&message, SLICE("Suppressed ")) &&
	       slice_take_number(&message, UINT32_MAX, &count) &&
	       slice_take_prefix(&message, SLICE(" messages from ")) &&
	       grammar_all(message, BYTE_TEXT);
}

/* Forwarding to syslog missed 26 messages. */
static bool is_forward_missed(struct slice message)
{
	uint64_t count;

	return slice_take_prefix(&message, SLICE("Forwarding to syslog missed ")) &&
	       slice_take_number(&message, UINT32_MAX, &count) &&
	       slice_equal(message, SLICE(" messages."));
}

static bool has_id(const struct host_line *line, struct slice id)
{
	return line->journal && slice_equal_ignoring_case(line->journal->message_id, id);
}

/* journald-rate-limit.c, journald-syslog.c. When the loss began is not said: the count is
 * told with the first message after it. */
bool journald_parse(const struct host_line *line, struct event *event)
{
	if (has_id(line, SLICE(ID_DROPPED)) || is_dropped(line->message))
		event->gap.source = SLICE("journal");
	else if (has_id(line, SLICE(ID_FORWARD_MISSED)) ||
		 is_forward_missed(line->message))
		event->gap.source = SLICE("syslog");
	else
		return false;
	event->kind = EVENT_GAP;
	event->gap.cause = slice_first(line->message, CAUSE_BYTES);
	event->gap.from = US_TIME_NONE;
	event->gap.until = US_TIME_NONE;
	return true;
}
