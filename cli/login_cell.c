/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/login_cell.h"

#define DATE_BYTES 10 /* "2026-01-28" */

/* useradd(8) makes none longer; what a line claims may be. */
#define LONGEST_USER_BYTES 32

/* As wide as an IPv4 address. */
#define LONGEST_ID_BYTES 15

struct cell {
	const struct report *report;
	const struct verdict *verdict;
	struct buf *buf;
};

static void put_text(const struct cell *cell, struct slice text)
{
	if (text.len)
		screen_append(cell->report->screen, cell->buf, text);
	else
		buf_append_text(cell->buf, "-");
}

static void put_short(const struct cell *cell, struct slice text, size_t longest)
{
	if (!cell->report->screen->is_terminal || text.len <= longest) {
		put_text(cell, text);
		return;
	}
	put_text(cell, slice_first(text, longest - 2));
	buf_append_text(cell->buf, "..");
}

static void put_principal(const struct cell *cell, struct slice principal)
{
	if (principal.len)
		screen_append_principal(cell->report->screen, cell->buf, principal);
	else
		buf_append_text(cell->buf, "-");
}

/* ---- a function a column ---------------------------------------------------------- */

static void put_date(const struct cell *cell)
{
	AUTO_BUF struct buf text = BUF_LIMIT(64);

	screen_append_time(cell->report->screen, &text,
			   cell->verdict->login->happened_at);
	buf_append(cell->buf, slice_first(buf_slice(&text), DATE_BYTES));
}

static void put_time(const struct cell *cell)
{
	AUTO_BUF struct buf text = BUF_LIMIT(64);

	screen_append_time(cell->report->screen, &text,
			   cell->verdict->login->happened_at);
	put_text(cell, slice_skip(buf_slice(&text), DATE_BYTES + 1));
}

static void put_id(const struct cell *cell)
{
	char text[ID_TEXT_BYTES];

	buf_append(cell->buf,
		   slice_first(slice_text(id_to_text(&cell->verdict->login->id, text)),
			       cell->report->id_digits));
}

static void put_host(const struct cell *cell)
{
	put_text(cell, cell->verdict->login->host);
}

static void put_verdict(const struct cell *cell)
{
	buf_append_text(cell->buf, verdict_word(cell->verdict->verdict));
	if (cell->verdict->stage == STAGE_PROVISIONAL)
		buf_append_text(cell->buf, " (provisional)");
}

static void put_path(const struct cell *cell)
{
	put_text(cell, slice_text(path_word(cell->verdict->login->path)));
}

static void put_through(const struct cell *cell)
{
	put_text(cell, slice_text(path_word(cell->verdict->login->through)));
}

static void put_user(const struct cell *cell)
{
	put_short(cell, cell->verdict->login->os_user, LONGEST_USER_BYTES);
}

/* What says best where it came from: an address, a console, or the cloud's own id. */
static void put_from(const struct cell *cell)
{
	const struct login *login = cell->verdict->login;

	if (login->source_ip.len)
		put_text(cell, login->source_ip);
	else if (login->tty.len)
		put_text(cell, login->tty);
	else if (login->session_id.len)
		put_short(cell, login->session_id, LONGEST_ID_BYTES);
	else
		put_short(cell, login->command_id, LONGEST_ID_BYTES);
}

/* The principal of the call that vouches; with a '?' the one that the host's own line
 * names. */
static void put_who(const struct cell *cell)
{
	const struct verdict *verdict = cell->verdict;

	if (verdict->api_call) {
		put_principal(cell, verdict->api_call->api_call.principal);
		return;
	}
	put_principal(cell, verdict->login->principal_hint);
	if (verdict->login->principal_hint.len)
		buf_append_text(cell->buf, "?");
}

/* "SendSSHPublicKey 8s before" */
static void put_call(const struct cell *cell)
{
	const struct event *call = cell->verdict->api_call;
	us_span before = cell->verdict->login->happened_at - call->happened_at;
	char span[TIME_TEXT_BYTES];

	/* Calls are stamped with whole seconds, and may be stamped after their login. */
	screen_append(cell->report->screen, cell->buf, call->api_call.name);
	span_to_text((before < 0 ? -before : before) / US_PER_SECOND * US_PER_SECOND,
		     span);
	buf_append_format(cell->buf, " %s %s", span, before < 0 ? "after" : "before");
}

/* Where no call and no reason is there to tell. */
static const char *text_alone(const struct verdict *verdict)
{
	enum path path = verdict->login->path;

	if (verdict->verdict == VERDICT_NOT_JUDGED &&
	    (path == PATH_DIRECT_SSH || path == PATH_LOCAL))
		return "it came through no cloud door";
	return verdict_text(verdict->verdict);
}

/* "SendSSHPublicKey 8s before, tunnel by Operators/jonas; the call was for another OS
 * user (wrong-os-user)" */
static void put_why(const struct cell *cell)
{
	const struct verdict *verdict = cell->verdict;
	const char *separator = "";

	if (verdict->api_call) {
		put_call(cell);
		separator = "; ";
	}
	if (verdict->through_api_call) {
		buf_append_text(cell->buf,
				verdict->api_call ? ", tunnel by " : "tunnel by ");
		put_principal(cell, verdict->through_api_call->api_call.principal);
		separator = "; ";
	}
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		buf_append_format(cell->buf, "%s%s (%s)", separator,
				  reason_text(verdict->reasons[i]),
				  reason_word(verdict->reasons[i]));
		separator = "; ";
	}
	if (verdict->policy_rule && verdict->policy_rule[0]) {
		buf_append_text(cell->buf, ", by rule ");
		put_text(cell, slice_text(verdict->policy_rule));
	}
	if (!*separator)
		buf_append_text(cell->buf, text_alone(verdict));
}

bool login_cell_append(struct buf *buf, const struct report *report,
		       enum login_column column, const struct verdict *verdict)
{
	static void (*const puts[COLUMN_COUNT])(const struct cell *cell) = {
		[COLUMN_DATE] = put_date,	[COLUMN_TIME] = put_time,
		[COLUMN_ID] = put_id,		[COLUMN_HOST] = put_host,
		[COLUMN_VERDICT] = put_verdict, [COLUMN_PATH] = put_path,
		[COLUMN_THROUGH] = put_through, [COLUMN_USER] = put_user,
		[COLUMN_FROM] = put_from,	[COLUMN_WHO] = put_who,
		[COLUMN_WHY] = put_why,
	};
	const struct cell cell = { report, verdict, buf };

	puts[column](&cell);
	return !buf_overflowed(buf);
}
