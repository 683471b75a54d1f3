/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/script.h"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Consumes the next word; empty at the end of the line or at a comment. */
static struct slice next_word(struct slice *text)
{
	size_t len = 0;
	struct slice word;

	while (text->len > 0 && is_blank(text->ptr[0]))
		*text = slice_skip(*text, 1);
	if (text->len > 0 && text->ptr[0] == '#')
		*text = slice_first(*text, 0);
	while (len < text->len && !is_blank(text->ptr[len]))
		len++;
	word = slice_first(*text, len);
	*text = slice_skip(*text, len);
	return word;
}

bool script_span(struct slice text, us_span *ret_span)
{
	bool is_negative = slice_take_prefix(&text, SLICE("-"));

	if (!span_from_text(text, ret_span))
		return false;
	if (is_negative)
		*ret_span = -*ret_span;
	return true;
}

int script_read(struct slice text, unsigned number, struct script_line *ret_line,
		bool *ret_is_empty, struct err *err)
{
	struct slice word = next_word(&text);

	*ret_line = (struct script_line){ .number = number };
	*ret_is_empty = word.len == 0;
	if (word.len == 0)
		return 0;
	if (!script_span(word, &ret_line->at) || ret_line->at < 0)
		return err_set(err, ERR_FORMAT, "'%.*s' is no time since the start",
			       SLICE_ARG(word));
	for (word = next_word(&text); word.len > 0; word = next_word(&text)) {
		if (ret_line->word_count == SCRIPT_WORDS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d words",
				       SCRIPT_WORDS_MAX);
		ret_line->words[ret_line->word_count++] = word;
	}
	if (ret_line->word_count == 0)
		return err_set(err, ERR_FORMAT, "a time and nothing after it");
	return 0;
}

struct slice script_word(const struct script_line *line, uint32_t index)
{
	return index < line->word_count ? line->words[index] : (struct slice){ NULL, 0 };
}

static bool find(const struct script_line *line, const char *key, struct slice *ret_value)
{
	for (uint32_t i = 0; i < line->word_count; i++) {
		struct slice value = line->words[i];

		if (slice_take_prefix(&value, slice_text(key)) &&
		    slice_take_prefix(&value, SLICE("="))) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

bool script_has(const struct script_line *line, const char *key)
{
	struct slice value;

	return find(line, key, &value);
}

struct slice script_value(const struct script_line *line, const char *key,
			  struct slice absent)
{
	struct slice value;

	return find(line, key, &value) ? value : absent;
}

int script_allow(const struct script_line *line, uint32_t index, const char *const *keys,
		 struct err *err)
{
	for (uint32_t i = index; i < line->word_count; i++) {
		struct slice rest = line->words[i], key;
		bool is_known = false;

		if (!slice_take_until(&rest, '=', &key))
			return err_set(err, ERR_FORMAT, "'%.*s' is not key=value",
				       SLICE_ARG(line->words[i]));
		for (const char *const *known = keys; *known && !is_known; known++)
			is_known = slice_equal(key, slice_text(*known));
		if (!is_known)
			return err_set(err, ERR_FORMAT, "'%.*s' is not known here",
				       SLICE_ARG(key));
	}
	return 0;
}

bool script_next_in_list(struct slice *list, struct slice *ret_item)
{
	if (list->len == 0 || slice_equal(*list, SLICE("-")))
		return false;
	if (!slice_take_until(list, ',', ret_item)) {
		*ret_item = *list;
		*list = slice_skip(*list, list->len);
	}
	return true;
}
