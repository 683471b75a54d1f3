/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Questions to Cloud Logging's entries:list and just enough of its answers to page on:
 * the answer itself goes to the daemon as it came. Pure.
 *
 * Sources: "Method: entries.list" (Cloud Logging API reference) and "Logging query
 * language".
 */
#include "courier/message.h"

/* The forms in which a question may be asked, each with smaller pages. */
#define GCP_ENTRIES_TURNS 4

/* What a question's body may need: its filter is below 4 KiB. */
#define GCP_ENTRIES_BODY_BYTES ((size_t)32 * 1024)

/* The attribute that asks for the newest entry of the data access log. */
#define GCP_ENTRIES_DATA_ACCESS "newest-data-access"

/* What an answer without any entry is handed on as: Google leaves out what is empty. */
#define GCP_ENTRIES_NONE "{\"entries\":[]}"

/* Whether it asks for the newest entry alone: of anything, or of data access. */
bool gcp_entries_is_newest(const struct ask_page *page);

/* Fails when it cannot be asked of any project. */
int gcp_entries_check(const struct ask_page *page, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the body that asks `project` for the page, in form `turn`. Fails when it cannot
 * be asked. */
int gcp_entries_write(const struct ask_page *page, const char *project, unsigned turn,
		      struct buf *body, struct err *err)
	__attribute__((warn_unused_result));

/* Checks the answer and appends the next page's token to `token`. `*ret_empty`: it holds
 * no entry, though a page that has a token may be empty. */
int gcp_entries_read(struct slice body, struct buf *token, bool *ret_empty,
		     struct err *err) __attribute__((warn_unused_result));
