/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The Activity Log's list (Microsoft.Insights eventtypes/management/values, api-version
 * 2015-04-01): questions to URLs, and as much of a page read as is needed to page on: the
 * page itself goes to the daemon as it came. The link to the next page is absolute: it is
 * taken only when it leads to the same list of the same origin. Pure.
 *
 * Source: Azure Monitor REST API, "Activity Logs - List". No $select: the caller, which
 * matters most, is no property that can be selected.
 */
#include "courier/azure/identity_texts.h"
#include "courier/message.h"
#include "courier/origin.h"

#define AZURE_ACTIVITY_PERMISSION "Microsoft.Insights/eventtypes/values/read"

/* Whose list of which origin. */
struct azure_list {
	const struct origin *origin;
	const char *subscription;
};

/* Fails when the question cannot be asked; its token is not looked at. */
int azure_activity_check(const struct ask_page *page, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the URL of the first page of a question that was checked. */
int azure_activity_first(const struct azure_list *list, const struct ask_page *page,
			 struct buf *url, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the URL that a link leads to. Fails when it leads elsewhere. */
int azure_activity_follow(const struct azure_list *list, struct slice link,
			  struct buf *url, struct err *err)
	__attribute__((warn_unused_result));

/* Checks a page and appends the URL of the next one to `next`, nothing when it is the
 * last. */
int azure_activity_read(const struct azure_list *list, struct slice page,
			struct buf *next, struct err *err)
	__attribute__((warn_unused_result));
