/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"

#define REGEX_MARK SLICE("regex:")

/* ---- globs
 * ------------------------------------------------------------------------------- */

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool byte_fits(char wanted, char byte, bool ignores_case)
{
	return wanted == '?' || wanted == byte ||
	       (ignores_case && lower(wanted) == lower(byte));
}

/* Where a star was, nothing is lost by taking the first place that fits what follows: so
 * only the last star is ever gone back to. */
bool glob_fits(struct slice glob, struct slice value, bool ignores_case)
{
	size_t at = 0, i = 0, after_star = 0, resume = 0;
	bool has_star = false;

	while (i < value.len) {
		if (at < glob.len && glob.ptr[at] == '*') {
			has_star = true;
			after_star = ++at;
			resume = i;
		} else if (at < glob.len &&
			   byte_fits(glob.ptr[at], value.ptr[i], ignores_case)) {
			at++;
			i++;
		} else if (has_star) {
			at = after_star;
			i = ++resume;
		} else {
			return false;
		}
	}
	while (at < glob.len && glob.ptr[at] == '*')
		at++;
	return at == glob.len;
}

/* ---- regular expressions
 * ----------------------------------------------------------------- */

static void cleanup_compile_context(pcre2_compile_context **context)
{
	pcre2_compile_context_free(*context);
}

static void cleanup_match_context(pcre2_match_context **context)
{
	pcre2_match_context_free(*context);
}

static void cleanup_match_data(pcre2_match_data **data)
{
	pcre2_match_data_free(*data);
}

static int compile(struct slice text, bool ignores_case, void **ret_code, struct err *err)
{
	__attribute__((cleanup(cleanup_compile_context))) pcre2_compile_context *context =
		pcre2_compile_context_create(NULL);
	const uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF |
				 PCRE2_NEVER_BACKSLASH_C |
				 (ignores_case ? PCRE2_CASELESS : 0);
	PCRE2_UCHAR why[128];
	PCRE2_SIZE place = 0;
	pcre2_code *code;
	int number = 0;

	if (!context)
		abort();
	pcre2_set_parens_nest_limit(context, LIMIT_POLICY_REGEX_NESTING);
	code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &number, &place,
			     context);
	if (!code) {
		pcre2_get_error_message(number, why, sizeof(why));
		return err_set(err, ERR_FORMAT, "the expression at its byte %zu: %s",
			       (size_t)place + 1, (const char *)why);
	}
	*ret_code = code;
	return 0;
}

/* Of a value that is not UTF-8 nothing can be said. */
static enum fit regex_fit(const pcre2_code *code, struct slice value)
{
	__attribute__((cleanup(cleanup_match_context))) pcre2_match_context *context =
		pcre2_match_context_create(NULL);
	__attribute__((cleanup(cleanup_match_data))) pcre2_match_data *data =
		pcre2_match_data_create(1, NULL);
	int result;

	if (!context || !data)
		abort();
	pcre2_set_match_limit(context, LIMIT_POLICY_REGEX_STEPS);
	pcre2_set_depth_limit(context, LIMIT_POLICY_REGEX_DEPTH);
	pcre2_set_heap_limit(context, LIMIT_POLICY_REGEX_HEAP_KIB);
	result = pcre2_match(code, (PCRE2_SPTR)(value.len ? value.ptr : ""), value.len, 0,
			     0, data, context);
	if (result == PCRE2_ERROR_NOMATCH)
		return FIT_NO;
	return result >= 0 ? FIT_YES : FIT_UNDECIDED;
}

/* ---- items
 * ------------------------------------------------------------------------------- */

static bool has_wildcard(struct slice text)
{
	return text.len &&
	       (memchr(text.ptr, '*', text.len) || memchr(text.ptr, '?', text.len));
}

/* "arn:aws:iam::111122223333:role/teams/web/Deploy" without "teams/web/". The name alone
 * says which role it is in its account, where it is one name and no pattern. */
static char *role_without_path(struct slice arn)
{
	static const struct slice mark = { ":role/", 6 };
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POLICY_PATTERN_BYTES);
	ptrdiff_t role = slice_find(arn, mark), last = slice_find_last(arn, '/');
	struct slice name;

	if (role < 0 || last < role + (ptrdiff_t)mark.len ||
	    !slice_starts_with(arn, SLICE("arn:")))
		return NULL;
	name = slice_skip(arn, (size_t)last + 1);
	if (name.len == 0 || has_wildcard(name))
		return NULL;
	buf_append(&text, slice_first(arn, (size_t)role + mark.len));
	buf_append(&text, name);
	return memory_copy_text(buf_slice(&text));
}

static int read_item(struct slice item, const struct pattern_options *options,
		     struct pattern *pattern, struct err *err)
{
	struct slice expression = item;

	if (slice_take_prefix(&expression, REGEX_MARK)) {
		pattern->kind = PATTERN_REGEX;
		if (expression.len == 0)
			return err_set(err, ERR_FORMAT, "no expression follows 'regex:'");
		return compile(expression, options->ignores_case, &pattern->code, err);
	}
	if (options->takes_networks && network_is_meant(item)) {
		pattern->kind = PATTERN_NETWORK;
		return network_read(item, &pattern->network, err);
	}
	pattern->kind = PATTERN_GLOB;
	return 0;
}

int pattern_read(struct slice item, const struct pattern_options *options,
		 struct pattern *ret_pattern, struct err *err)
{
	struct pattern pattern = { .ignores_case = options->ignores_case };

	pattern.excludes = slice_take_prefix(&item, SLICE("!"));
	if (item.len == 0)
		return err_set(err, ERR_FORMAT, "nothing follows the '!'");
	if (item.ptr[0] == '#')
		return err_set(err, ERR_FORMAT, "a comment needs a line of its own");
	if (item.len > LIMIT_POLICY_PATTERN_BYTES)
		return err_set(err, ERR_LIMIT, "'%.*s...' is longer than %zu bytes",
			       SLICE_ARG(slice_first(item, 32)),
			       LIMIT_POLICY_PATTERN_BYTES);
	if (read_item(item, options, &pattern, err) < 0)
		return -1;
	pattern.text = memory_copy_text(item);
	if (options->takes_roles && pattern.kind == PATTERN_GLOB)
		pattern.without_path = role_without_path(item);
	*ret_pattern = pattern;
	return 0;
}

void pattern_release(struct pattern *pattern)
{
	free(pattern->text);
	free(pattern->without_path);
	pcre2_code_free(pattern->code);
	*pattern = (struct pattern){ .kind = PATTERN_GLOB };
}

enum fit pattern_fit(const struct pattern *pattern, struct slice value)
{
	struct address address;

	if (value.len > LIMIT_POLICY_VALUE_BYTES)
		return FIT_UNDECIDED;
	switch (pattern->kind) {
	case PATTERN_REGEX:
		return regex_fit(pattern->code, value);
	case PATTERN_NETWORK:
		return address_read(value, &address) &&
				       network_has(&pattern->network, &address)
			       ? FIT_YES
			       : FIT_NO;
	case PATTERN_GLOB:
		break;
	}
	return glob_fits(slice_text(pattern->text), value, pattern->ignores_case)
		       ? FIT_YES
		       : FIT_NO;
}

bool pattern_is_literal(const struct pattern *pattern)
{
	return pattern->kind == PATTERN_GLOB && !has_wildcard(slice_text(pattern->text));
}
