/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/syslog_head.h"

#include "evidence/host/grammar.h"

#define HOST_BYTES 255
#define IDENT_BYTES 48 /* RFC 5424 section 6, APP-NAME */
#define PROCESS_BYTES 128
#define PRIORITY_MAX 191

struct slice syslog_line_trim(struct slice line)
{
	size_t zeros = 0;

	while (zeros < line.len && line.ptr[zeros] == '\0')
		zeros++;
	line = slice_skip(line, zeros);
	slice_take_prefix(&line, SLICE("\xef\xbb\xbf"));
	slice_take_suffix(&line, SLICE("\r"));
	return line;
}

/* "<86>", when it is there. */
static bool take_priority(struct slice *line)
{
	struct slice rest = *line;
	uint64_t priority;

	if (!slice_take_prefix(&rest, SLICE("<")) ||
	    !slice_take_number(&rest, PRIORITY_MAX, &priority) ||
	    !slice_take_prefix(&rest, SLICE(">")))
		return false;
	*line = rest;
	return true;
}

static bool take_blank(struct slice *text)
{
	return slice_take_prefix(text, SLICE(" "));
}

/* Always with 'T' in the middle: with a blank there it is another log's. */
static bool take_rfc3339(struct slice *line, us_time *ret_time)
{
	return line->len > 10 && line->ptr[10] == 'T' &&
	       time_take_rfc3339(line, ret_time) && take_blank(line);
}

static bool take_host(struct slice *line, struct slice *ret_host)
{
	return grammar_take_run(line,
				BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN | BYTE_COLON,
				HOST_BYTES, ret_host) &&
	       take_blank(line);
}

static bool take_ident(struct slice *text, struct slice *ret_ident)
{
	return grammar_take_run(text, BYTE_LETTER | BYTE_DIGIT | BYTE_TAG_SIGN,
				IDENT_BYTES, ret_ident);
}

/* "[88]" */
static bool take_pid(struct slice *text, uint32_t *ret_pid)
{
	uint64_t pid;

	if (!slice_take_prefix(text, SLICE("[")))
		return true;
	if (!slice_take_number(text, INT32_MAX, &pid) ||
	    !slice_take_prefix(text, SLICE("]")))
		return false;
	*ret_pid = (uint32_t)pid;
	return true;
}

/* "sshd[88]: message" */
static void parse_tag(struct slice line, struct syslog_head *head)
{
	head->is_whole = take_ident(&line, &head->ident) && take_pid(&line, &head->pid) &&
			 slice_take_prefix(&line, SLICE(": ")) && line.len;
	head->message = line;
}

/* "[id name="value" ...][...]" or "-", RFC 5424 section 6.3. */
static bool take_structured_data(struct slice *text)
{
	bool in_quotes = false;
	size_t at = 0;

	if (slice_take_prefix(text, SLICE("-")))
		return true;
	while (at < text->len && text->ptr[at] == '[') {
		for (at++; at < text->len && (in_quotes || text->ptr[at] != ']'); at++) {
			if (text->ptr[at] == '"')
				in_quotes = !in_quotes;
			else if (in_quotes && text->ptr[at] == '\\')
				at++;
		}
		if (at >= text->len)
			return false;
		at++;
	}
	*text = slice_skip(*text, at);
	return at > 0;
}

/* "88 ID47 - message". rsyslog's own template leaves a second blank before the message.
 */
static bool parse_rfc5424_tail(struct slice line, struct syslog_head *head)
{
	struct slice process, message_id;
	uint64_t pid;

	if (!take_ident(&line, &head->ident) || !take_blank(&line) ||
	    !grammar_take_run(&line, BYTE_GRAPHIC, PROCESS_BYTES, &process) ||
	    !take_blank(&line) ||
	    !grammar_take_run(&line, BYTE_GRAPHIC, PROCESS_BYTES, &message_id) ||
	    !take_blank(&line) || !take_structured_data(&line) || !take_blank(&line))
		return false;
	if (slice_number(process, INT32_MAX, &pid))
		head->pid = (uint32_t)pid;
	else if (!slice_equal(process, SLICE("-")))
		return false;
	take_blank(&line);
	slice_take_prefix(&line, SLICE("\xef\xbb\xbf"));
	head->message = line;
	return line.len > 0;
}

static struct syslog_head parse_rfc5424(struct slice line)
{
	struct syslog_head head = { .form = SYSLOG_RFC5424, .time = US_TIME_NONE };

	if (!take_rfc3339(&line, &head.time) || !take_host(&line, &head.host))
		return (struct syslog_head){ .form = SYSLOG_UNKNOWN,
					     .time = US_TIME_NONE };
	head.is_whole = parse_rfc5424_tail(line, &head);
	if (slice_equal(head.host, SLICE("-")))
		head.host = (struct slice){ NULL, 0 };
	return head;
}

struct syslog_head syslog_head_parse(struct slice line)
{
	struct syslog_head head = { .form = SYSLOG_UNKNOWN, .time = US_TIME_NONE };
	struct slice rest = line;

	take_priority(&rest);
	if (slice_take_prefix(&rest, SLICE("1 ")))
		return parse_rfc5424(rest);
	if (take_rfc3339(&rest, &head.time)) {
		if (!take_host(&rest, &head.host))
			return head;
		head.form = SYSLOG_RFC3339;
	} else if (time_take_rfc3164(&rest, &head.civil) && take_blank(&rest)) {
		if (!take_host(&rest, &head.host))
			return head;
		head.form = SYSLOG_TRADITIONAL;
	} else {
		return head;
	}
	parse_tag(rest, &head);
	return head;
}
