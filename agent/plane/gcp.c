/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Cloud: Cloud Logging's audit entries of one project. One question has all the
 * doors into one instance, since a project's machines share sixty questions a minute. The
 * canary is the project's newest entry of anything. Data access entries are left out of
 * the answers to who may not read private logs, without a word: that there is one at all
 * in the last days is the witness that this host may.
 */
#include "agent/plane/kinds.h"

#define SERIAL_PORT LOG_CLASS_BIT(LOG_CLASS_GCP_SERIAL_PORT)
#define OS_LOGIN LOG_CLASS_BIT(LOG_CLASS_GCP_OS_LOGIN)
#define IAP LOG_CLASS_BIT(LOG_CLASS_GCP_IAP)
#define COMPUTE LOG_CLASS_BIT(LOG_CLASS_GCP_COMPUTE)
#define OS_CONFIG LOG_CLASS_BIT(LOG_CLASS_GCP_OS_CONFIG)

/* Those whose calls are data access entries. */
#define DATA_ACCESS (OS_LOGIN | IAP | OS_CONFIG)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct plane_query queries[] = {
	{ .attribute = "newest", .value = "" },
	{ .attribute = "newest-data-access",
	  .value = "",
	  .classes = DATA_ACCESS,
	  .is_witness = true },
	{ .attribute = "doors", .classes = SERIAL_PORT | COMPUTE | DATA_ACCESS },
};
_Static_assert(COUNT(queries) <= PLANE_QUERIES_MAX, "there is room for what is known");

static const struct plane_path paths[] = {
	{ PATH_GCP_OS_LOGIN, OS_LOGIN },   { PATH_GCP_METADATA_KEY, COMPUTE },
	{ PATH_GCP_IAP_TUNNEL, IAP },	   { PATH_GCP_SERIAL_CONSOLE, SERIAL_PORT },
	{ PATH_GCP_OS_CONFIG, OS_CONFIG }, { PATH_GCP_STARTUP_SCRIPT, COMPUTE },
};

static const struct plane_advice advice[] = {
	{ REASON_NO_CREDENTIALS, "there are no credentials to ask Cloud Logging with",
	  "give this instance a service account with the scope "
	  "https://www.googleapis.com/auth/logging.read (or cloud-platform), and let the "
	  "metadata server be reached" },
	{ REASON_API_DENIED, "Cloud Logging refuses to answer",
	  "grant roles/logging.viewer and roles/logging.privateLogViewer on the project "
	  "to this instance's service account" },
	{ REASON_THROTTLED, "Cloud Logging throttles",
	  "nothing at once: it is asked again more slowly; a project has sixty questions "
	  "a minute for all its machines, so raise poll_interval on a large fleet, or "
	  "sync a sink's files to [gcp] api_log_dir" },
	{ REASON_API_UNREACHABLE, "Cloud Logging cannot be reached",
	  "let this host reach logging.googleapis.com by HTTPS, directly, by [courier] "
	  "https_proxy, or by Private Google Access" },
};

static struct slice part(const struct identity *own)
{
	return own->instance;
}

static void ask(const struct plane_query *query, const struct identity *own,
		struct ask_page *question)
{
	question->query = QUERY_ENTRIES;
	question->attribute = slice_text(query->attribute);
	question->value = query->value ? slice_text(query->value) : part(own);
}

/* An entry is received some time after it happened. */
static us_time shows(const struct api_record_seen *record)
{
	return record->delivered_at;
}

static bool has_folder(const struct config *config)
{
	return config->gcp.api_log_dir[0] != '\0';
}

static bool is_asked(const struct config *config)
{
	return config->gcp.ask;
}

const struct plane_kind plane_gcp = {
	.provider = "gcp",
	.log = "Cloud Logging",
	.source = "Cloud Logging entries.list",
	.queries = queries,
	.query_count = COUNT(queries),
	.paths = paths,
	.path_count = COUNT(paths),
	.advice = advice,
	.advice_count = COUNT(advice),
	/* OS Login's are always on. */
	.optional = IAP | OS_CONFIG,
	.is_regional = false,
	.page_gap = US_PER_SECOND,
	.rest_factor = 4,
	.part = part,
	.ask = ask,
	.shows = shows,
	.has_folder = has_folder,
	.is_asked = is_asked,
	.has_metadata = true,
};
