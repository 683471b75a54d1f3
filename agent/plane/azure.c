/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure: the Activity Log of one subscription. What opens a door into a machine is logged
 * in the machine's own resource group: also each write of a deployment, whichever scope
 * that was made at. The rest of the subscription's is not paged through; its newest page
 * alone is the canary.
 */
#include "agent/plane/azure_quick.h"
#include "agent/plane/kinds.h"

#define ACTIVITY LOG_CLASS_BIT(LOG_CLASS_AZURE_ACTIVITY)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct plane_query queries[] = {
	{ .attribute = "", .value = "" },
	{ .attribute = "resourceGroupName", .classes = ACTIVITY },
	/* what holds for all of the subscription is logged in no group */
	{ .attribute = "resourceProvider",
	  .value = "Microsoft.SerialConsole",
	  .is_watch = true },
	{ .attribute = "resourceProvider",
	  .value = "Microsoft.Insights",
	  .is_watch = true },
};
_Static_assert(COUNT(queries) <= PLANE_QUERIES_MAX, "there is room for what is known");

/* Bastion's log and Entra ID's sign-ins are not asked for: they are no part of it. */
static const struct plane_path paths[] = {
	{ PATH_AZURE_SERIAL_CONSOLE, ACTIVITY },
	{ PATH_AZURE_RUN_COMMAND, ACTIVITY },
	{ PATH_AZURE_VM_EXTENSION, ACTIVITY },
};

static const struct plane_advice advice[] = {
	{ REASON_NO_CREDENTIALS, "there are no credentials to ask the Activity Log with",
	  "give this machine a managed identity (with several, name one in [azure] "
	  "client_id), and let the instance metadata be reached" },
	{ REASON_API_DENIED, "the Activity Log refuses to answer",
	  "grant Microsoft.Insights/eventtypes/values/read at the subscription's scope "
	  "to this machine's managed identity: Monitoring Reader has it" },
	{ REASON_THROTTLED, "Azure throttles",
	  "nothing at once: it is asked again more slowly; machines that share one "
	  "managed identity share its rate, so raise poll_interval or give each its "
	  "own" },
	{ REASON_API_UNREACHABLE, "the Activity Log cannot be reached",
	  "let this host reach management.azure.com by HTTPS, directly or by [courier] "
	  "https_proxy" },
};

/* "/subscriptions/ID/resourceGroups/NAME/..."; empty where it is no such id. */
static struct slice group_of(const struct identity *own)
{
	static const char *const before[] = { "", "subscriptions", NULL,
					      "resourceGroups" };
	struct slice id = own->instance, part;

	for (size_t i = 0; i < COUNT(before); i++) {
		if (!slice_take_until(&id, '/', &part) ||
		    (before[i] &&
		     !slice_equal_ignoring_case(part, slice_text(before[i]))))
			return (struct slice){ NULL, 0 };
	}
	return slice_take_until(&id, '/', &part) ? part : (struct slice){ NULL, 0 };
}

static void ask(const struct plane_query *query, const struct identity *own,
		struct ask_page *question)
{
	question->query = QUERY_ACTIVITY;
	question->attribute = slice_text(query->attribute);
	question->value = query->value ? slice_text(query->value) : group_of(own);
}

/* An event is told some time after it happened. */
static us_time shows(const struct api_record_seen *record)
{
	return record->delivered_at;
}

static bool has_folder(const struct config *config)
{
	return config->azure.api_log_dir[0] != '\0';
}

static bool is_asked(const struct config *config)
{
	return config->azure.ask;
}

const struct plane_kind plane_azure = {
	.provider = "azure",
	.log = "the Activity Log",
	.source = "Azure Activity Log",
	.queries = queries,
	.query_count = COUNT(queries),
	.paths = paths,
	.path_count = COUNT(paths),
	.advice = advice,
	.advice_count = COUNT(advice),
	.is_regional = false,
	/* An identity may read 25 times a second for long, and all that it asks counts.
	 */
	.page_gap = US_PER_SECOND / 2,
	.rest_factor = 1,
	.part = group_of,
	.ask = ask,
	.shows = shows,
	.has_folder = has_folder,
	.is_asked = is_asked,
	.quick = &plane_quick_azure,
};
