/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Google Cloud answers: a page of entries:list, an error, and each answer of the
 * metadata server. What was taken is put to use: it must have the form that it was
 * checked for.
 */
#include "base/limits.h"
#include "courier/answer.h"
#include "courier/gcp/api_error.h"
#include "courier/gcp/entries.h"
#include "courier/gcp/identity_texts.h"
#include "courier/gcp/key_texts.h"
#include "courier/gcp/option_texts.h"
#include "courier/gcp/service_account.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(struct slice text)
{
	AUTO_BUF struct buf token = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	bool is_empty;
	struct err err;

	if (gcp_entries_read(text, &token, &is_empty, &err) == 0 &&
	    !answer_token_valid(buf_slice(&token)))
		__builtin_trap();
}

static void check_error(struct slice text)
{
	struct gcp_api_error error = gcp_api_error_read(text.len % 2 ? 403 : 503, text);

	if (error.outcome == OUTCOME_OK || strpbrk(error.word, " \"\\\n\033<"))
		__builtin_trap();
}

static size_t quotes_of_question(const struct gcp_identity_texts *texts)
{
	AUTO_BUF struct buf body = BUF_LIMIT(GCP_ENTRIES_BODY_BYTES);
	struct ask_page page = { .attribute = SLICE("doors"),
				 .value = slice_text(texts->instance) };
	size_t quotes = 0;
	struct err err;

	if (gcp_entries_write(&page, texts->project, 0, &body, &err) < 0)
		__builtin_trap();
	for (size_t i = 0; i < body.len; i++)
		quotes += body.ptr[i] == '"' || body.ptr[i] == '\\';
	return quotes;
}

static void check_identity(struct slice text)
{
	static const struct gcp_identity_texts plain = { .instance = "1",
							 .project = "example" };
	struct gcp_identity_texts texts = plain;
	char email[GCP_EMAIL_BYTES];
	struct err err;

	(void)!gcp_texts_set_zone(&texts, text, &err);
	(void)!gcp_texts_set_instance(&texts, text, &err);
	(void)!gcp_texts_set_project(&texts, text, &err);
	(void)!gcp_texts_read_interfaces(&texts, text, &err);
	(void)!gcp_texts_read_tags(&texts, text, &err);
	for (size_t i = 0; i < texts.tags.count; i++)
		if (strpbrk(tag_list_at(&texts.tags, i), "\n\033") ||
		    !strchr(tag_list_at(&texts.tags, i), '='))
			__builtin_trap();
	/* what metadata said brings no quote of its own along */
	if (quotes_of_question(&texts) != quotes_of_question(&plain))
		__builtin_trap();
	gcp_scopes_allow_logging(text);
	if (gcp_email_read(text, email) && strpbrk(email, " '\"\\\n\033<"))
		__builtin_trap();
}

/* However the keys are worded, they are one JSON text. */
static void check_keys(struct slice text)
{
	AUTO_BUF struct buf body = BUF_LIMIT(LIMIT_API_ANSWER_BYTES);
	struct gcp_key_texts texts = { 0 };
	struct answer_member members[] = { { .name = "instance" },
					   { .name = "project" } };
	struct err err;

	if (gcp_key_texts_set(&texts, text.len % GCP_KEY_TEXT_COUNT, text)) {
		gcp_key_texts_write(&texts, &body);
		if (answer_read(buf_slice(&body), members, 2, &err) < 0 ||
		    !members[0].value.len || !members[1].value.len)
			__builtin_trap();
	}
	gcp_key_texts_release(&texts);
}

/* Each name is listed once, however often the server says it. */
static void check_options(struct slice text)
{
	struct option_list options = { .count = 0 };

	for (size_t i = 0; i < GCP_OPTION_FOLDERS; i++)
		gcp_option_texts_read(i, text, &options);
	for (size_t i = 1; i < options.count; i++) {
		if (options.items[i].name == options.items[i - 1].name)
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);

	check_page(text);
	check_error(text);
	check_identity(text);
	check_options(text);
	check_keys(text);
	return 0;
}
