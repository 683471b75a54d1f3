/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/token.h"

#include "base/json.h"

/* What a token may live at most: a year is more than any cloud gives. */
#define LIFE_MAX_SECONDS ((uint64_t)366 * 24 * 3600)

/* A number, or a text that is one. False when it is neither, or larger than `max`. */
static bool take_number(const json_t *document, const char *name, uint64_t max,
			uint64_t *ret_number)
{
	const json_t *value = json_at(document, name);
	json_int_t number;

	if (!json_is_integer(value))
		return slice_number(json_text_at(document, name), max, ret_number);
	number = json_integer_value(value);
	if (number < 0 || (uint64_t)number > max)
		return false;
	*ret_number = (uint64_t)number;
	return true;
}

/* When it ends, said as such, comes first: Azure keeps tokens, and expires_in counts from
 * when one was made. */
static int take_life(const json_t *document, us_time now, us_span *ret_life,
		     struct err *err)
{
	const uint64_t end_of_time = (uint64_t)(US_TIME_MAX / US_PER_SECOND);
	uint64_t seconds;

	if (take_number(document, "expires_on", end_of_time, &seconds)) {
		*ret_life = (us_time)seconds * US_PER_SECOND - now;
		return 0;
	}
	if (!take_number(document, "expires_in", LIFE_MAX_SECONDS, &seconds))
		return err_set(err, ERR_FORMAT, "it does not say when the token expires");
	*ret_life = (us_span)seconds * US_PER_SECOND;
	return 0;
}

/* Visible ASCII (RFC 6750 allows fewer): it becomes a header. */
static bool take_text(struct slice text, char *to, size_t size_bytes)
{
	if (text.len >= size_bytes)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	}
	if (text.len)
		memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
	return true;
}

static int read_document(const json_t *document, us_time now, struct token *token,
			 struct err *err)
{
	struct slice text = json_text_at(document, "access_token");
	struct slice type = json_text_at(document, "token_type");

	if (text.len == 0)
		return err_set(err, ERR_FORMAT, "'access_token' is missing");
	if (type.len && !slice_equal_ignoring_case(type, SLICE("Bearer")))
		return err_set(err, ERR_FORMAT, "it is no bearer token");
	if (!take_text(text, token->text, sizeof(token->text)))
		return err_set(err, ERR_FORMAT, "'access_token' has not its form");
	if (!take_text(json_text_at(document, "client_id"), token->client,
		       sizeof(token->client)))
		token->client[0] = '\0';
	return take_life(document, now, &token->life, err);
}

int token_read(struct slice document, us_time now, struct token *ret_token,
	       struct err *err)
{
	AUTO_JSON json_t *value = NULL;

	if (json_read(document, &value, err) < 0)
		return -1;
	return read_document(value, now, ret_token, err);
}
