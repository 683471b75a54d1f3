/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_line.h"

/* seelog's level words, in the file's %LEVEL form (github.com/cihub/seelog
 * common_loglevel.go) */
#define LEVEL_BYTES_MAX 8

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool take_time(struct slice *rest, struct slice *ret_time)
{
	static const char form[SSM_TIME_BYTES + 1] = "0000-00-00 00:00:00";
	const char *ptr = rest->ptr;
	size_t len = SSM_TIME_BYTES;

	if (rest->len <= SSM_TIME_BYTES)
		return false;
	for (size_t i = 0; i < SSM_TIME_BYTES; i++)
		if (form[i] == '0' ? !is_digit(ptr[i]) : ptr[i] != form[i])
			return false;
	if (ptr[len] == '.') {
		len++;
		while (len < rest->len && len < SSM_TIME_BYTES_MAX && is_digit(ptr[len]))
			len++;
		if (len == SSM_TIME_BYTES + 1)
			return false;
	}
	if (len >= rest->len || ptr[len] != ' ')
		return false;
	*ret_time = slice_of(ptr, len);
	*rest = slice_skip(*rest, len + 1);
	return true;
}

static bool take_level(struct slice *rest, struct slice *ret_level)
{
	size_t len = 0;

	while (len < rest->len && len < LEVEL_BYTES_MAX && rest->ptr[len] >= 'A' &&
	       rest->ptr[len] <= 'Z')
		len++;
	if (len == 0 || len >= rest->len || rest->ptr[len] != ' ')
		return false;
	*ret_level = slice_first(*rest, len);
	*rest = slice_skip(*rest, len + 1);
	return true;
}

static bool take_context(struct slice *rest, struct slice *ret_context)
{
	size_t within;
	const char *end;
	size_t len;

	if (rest->len < 2 || rest->ptr[0] != '[')
		return false;
	within = rest->len - 1;
	if (within > SSM_CONTEXT_BYTES_MAX + 1)
		within = SSM_CONTEXT_BYTES_MAX + 1;
	end = memchr(rest->ptr + 1, ']', within);
	if (!end)
		return false;
	len = (size_t)(end - rest->ptr) - 1;
	if (len == 0 || len + 2 >= rest->len || end[1] != ' ')
		return false;
	*ret_context = slice_of(rest->ptr + 1, len);
	*rest = slice_skip(*rest, len + 3);
	return true;
}

/* 2024-11-05 10:11:12.1234 INFO [ssm-session-worker] [alice-0a1b2c3d4e5f60718] text */
bool ssm_line_split(struct slice bytes, struct ssm_line *ret_line)
{
	struct slice rest = bytes;

	slice_take_suffix(&rest, SLICE("\r"));
	if (!take_time(&rest, &ret_line->time) || !take_level(&rest, &ret_line->level))
		return false;
	ret_line->context_count = 0;
	while (ret_line->context_count < SSM_CONTEXTS_MAX &&
	       take_context(&rest, &ret_line->contexts[ret_line->context_count]))
		ret_line->context_count++;
	ret_line->text = rest;
	return true;
}

struct slice ssm_line_value(const struct ssm_line *line, struct slice key)
{
	for (unsigned i = 0; i < line->context_count; i++) {
		struct slice context = line->contexts[i];

		if (slice_take_prefix(&context, key))
			return context;
	}
	return slice_of(NULL, 0);
}

unsigned ssm_line_first(const struct ssm_line *line)
{
	return line->context_count > 0 && slice_find(line->contexts[0], SLICE(" @ ")) > 0;
}

bool ssm_line_is_last(const struct ssm_line *line, struct slice context)
{
	return line->context_count > 0 &&
	       slice_equal(line->contexts[line->context_count - 1], context);
}
