/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Azure answers: a page of the Activity Log with its link, an error, the instance
 * document and an access token. What becomes part of a URL or a header has no byte that
 * could end it, and a link leads nowhere but to the list that was asked.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "courier/azure/activity.h"
#include "courier/azure/answer_error.h"
#include "courier/azure/option_texts.h"
#include "courier/token.h"

#define SUBSCRIPTION "11111111-2222-3333-4444-555555555555"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool held)
{
	if (!held)
		abort();
}

static void need_plain(const char *text)
{
	for (; *text; text++)
		need(*text > ' ' && *text <= '~');
}

static void check_page(struct slice text)
{
	static const char wanted[] = "https://management.azure.com/subscriptions/";
	AUTO_BUF struct buf next = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	AUTO_BUF struct buf link = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	struct origin origin;
	struct azure_list list = { &origin, SUBSCRIPTION };
	struct err err;

	need(origin_read("https://management.azure.com", &origin, &err) == 0);
	if (azure_activity_read(&list, text, &next, &err) == 0 && next.len) {
		need_plain(buf_text(&next));
		need(slice_equal_ignoring_case(
			slice_first(buf_slice(&next), sizeof(wanted) - 1),
			slice_text(wanted)));
	}
	if (azure_activity_follow(&list, text, &link, &err) == 0)
		need_plain(buf_text(&link));
}

static void check_identity(struct slice text)
{
	struct option_list options = { .count = 0 };
	struct azure_identity identity;
	struct err err;

	(void)!azure_option_texts_read(text, &options, &err);
	if (azure_identity_read(&identity, text, &err) < 0)
		return;
	need(azure_guid_is_valid(slice_text(identity.subscription)));
	need(identity.instance[0] == '/' && !strpbrk(identity.instance, " '\"?#%\r\n"));
	need_plain(identity.region);
	need_plain(identity.environment);
}

static void check_token(struct slice text)
{
	AUTO_FREE struct token *token = memory_new(1, sizeof(*token));
	struct err err;

	if (token_read(text, 0, token, &err) < 0)
		return;
	need(token->text[0] != '\0');
	need_plain(token->text);
	need_plain(token->client);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct azure_error error = azure_error_read(size % 2 ? 403 : 503, text);
	struct err why;

	need(error.outcome != OUTCOME_OK);
	need_plain(error.code);
	need(azure_token_error_read(400, text, &why) != OUTCOME_OK);
	check_page(text);
	check_identity(text);
	check_token(text);
	return 0;
}
