/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/entries.h"

#include "base/json.h"
#include "courier/answer.h"
#include "courier/gcp/identity_texts.h"

/* Google's own ceiling of a filter. */
#define FILTER_BYTES ((size_t)20000)

/* The first is the most that may be asked for; the last fits any entries: an audit log's
 * are at most 512 KiB. */
static const int64_t page_sizes[GCP_ENTRIES_TURNS] = { 1000, 100, 10, 1 };

/* What is done to one instance: parts of methods' names, which stand in versions such as
 * "v1.compute." and "beta.compute.". */
static const char *const instance_methods[] = {
	"ssh-serialport",   "CheckPolicy",	 "StartSession",
	"ContinueSession",  "AuthorizeUser",	 "instances.setMetadata",
	"instances.update", "instances.insert",	 "instances.bulkInsert",
	"instances.start",  "instances.resume",	 "instances.reset",
	"instances.stop",   "instances.suspend", NULL,
};

/* What is done to all of a project's, or to the keys of a person. */
static const char *const project_methods[] = {
	"setCommonInstanceMetadata", "ImportSshPublicKey",
	"CreateSshPublicKey",	     "UpdateSshPublicKey",
	"SignSshPublicKey",	     "ExecutePatchJob",
	"CreatePatchDeployment",     "UpdatePatchDeployment",
	"ResumePatchDeployment",     "CreateOSPolicyAssignment",
	"UpdateOSPolicyAssignment",  "CreateGuestPolicy",
	"UpdateGuestPolicy",	     NULL,
};

/* What takes from the logs themselves. */
static const char *const log_methods[] = {
	"ConfigServiceV2.DeleteSink",
	"ConfigServiceV2.UpdateSink",
	"ConfigServiceV2.CreateExclusion",
	"ConfigServiceV2.UpdateExclusion",
	"ConfigServiceV2.DeleteBucket",
	"LoggingServiceV2.DeleteLog",
	NULL,
};

/* Of all that is said of who may do what only what is to be logged. */
#define AUDIT_CONFIGS                                    \
	"(protoPayload.methodName:\"SetIamPolicy\" AND " \
	"protoPayload.serviceData.policyDelta.auditConfigDeltas:*)"

static bool is_of_data_access(const struct ask_page *page)
{
	return slice_equal(page->attribute, SLICE(GCP_ENTRIES_DATA_ACCESS));
}

bool gcp_entries_is_newest(const struct ask_page *page)
{
	return slice_equal(page->attribute, SLICE("newest")) || is_of_data_access(page);
}

int gcp_entries_check(const struct ask_page *page, struct err *err)
{
	bool is_newest = gcp_entries_is_newest(page);

	if (!is_newest && !slice_equal(page->attribute, SLICE("doors")))
		return err_set(err, ERR_USAGE, "no attribute that is asked for");
	if (!is_newest && !gcp_instance_valid(page->value))
		return err_set(err, ERR_USAGE, "the attribute's value cannot be sent");
	if (page->from < US_TIME_MIN || page->until > US_TIME_MAX ||
	    page->from > page->until)
		return err_set(err, ERR_USAGE, "the time asked for is none");
	if (!answer_token_valid(page->token))
		return err_set(err, ERR_USAGE, "the page token cannot be sent");
	return 0;
}

/* ---- the filter -------------------------------------------------------------------- */

static void put_times(struct buf *filter, const struct ask_page *page)
{
	us_time from = page->from - page->from % US_PER_SECOND;
	us_time until = page->until;
	char text[TIME_TEXT_BYTES];

	if (until % US_PER_SECOND)
		until += US_PER_SECOND - until % US_PER_SECOND;
	buf_append_format(filter, " AND timestamp>=\"%s\"", time_to_rfc3339(from, text));
	buf_append_format(filter, " AND timestamp<=\"%s\"", time_to_rfc3339(until, text));
}

/* FIELD:("a" OR "b"): has any of them in it. */
static void put_methods(struct buf *filter, const char *const *methods)
{
	buf_append_text(filter, "protoPayload.methodName:(");
	for (size_t i = 0; methods[i]; i++)
		buf_append_format(filter, "%s\"%s\"", i ? " OR " : "", methods[i]);
	buf_append_text(filter, ")");
}

/* The doors into one instance, in the logs that know them, and what darkens those.
 * Neither the project nor the number holds a byte that needs an escape: both were
 * checked. */
static void put_doors(struct buf *filter, const char *project, struct slice instance)
{
	buf_append_format(filter,
			  "logName=(\"projects/%s/logs/cloudaudit.googleapis.com"
			  "%%2Factivity\" OR \"projects/%s/logs/"
			  "cloudaudit.googleapis.com%%2Fdata_access\")",
			  project, project);
	buf_append_format(filter,
			  " AND (((resource.labels.instance_id=\"%.*s\" OR "
			  "labels.instance_id=\"%.*s\" OR "
			  "protoPayload.resourceName:\"/instances/%.*s\") AND ",
			  SLICE_ARG(instance), SLICE_ARG(instance), SLICE_ARG(instance));
	put_methods(filter, instance_methods);
	buf_append_text(filter, ") OR ");
	put_methods(filter, project_methods);
	buf_append_text(filter, " OR ");
	put_methods(filter, log_methods);
	buf_append_text(filter, " OR " AUDIT_CONFIGS ")");
}

static void put_filter(struct buf *filter, const struct ask_page *page,
		       const char *project)
{
	if (is_of_data_access(page))
		buf_append_format(filter,
				  "logName=\"projects/%s/logs/cloudaudit.googleapis.com"
				  "%%2Fdata_access\"",
				  project);
	else if (gcp_entries_is_newest(page))
		buf_append_format(filter, "logName:\"projects/%s/logs/\"", project);
	else
		put_doors(filter, project, page->value);
	put_times(filter, page);
}

/* ---- the question ------------------------------------------------------------------ */

static void put_question(struct buf *body, const struct ask_page *page,
			 const char *project, struct slice filter, int64_t page_size)
{
	bool is_newest = gcp_entries_is_newest(page);
	AUTO_BUF struct buf resource = BUF_LIMIT(GCP_PROJECT_BYTES + 16);
	struct json_writer writer;

	buf_append_format(&resource, "projects/%s", project);
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_open_array(&writer, "resourceNames");
	json_put_text(&writer, NULL, buf_slice(&resource));
	json_close_array(&writer);
	json_put_text(&writer, "filter", filter);
	json_put_text(&writer, "orderBy",
		      is_newest ? SLICE("timestamp desc") : SLICE("timestamp asc"));
	json_put_number(&writer, "pageSize", is_newest ? 1 : page_size);
	if (page->token.len)
		json_put_text(&writer, "pageToken", page->token);
	json_close_object(&writer);
}

int gcp_entries_write(const struct ask_page *page, const char *project, unsigned turn,
		      struct buf *body, struct err *err)
{
	AUTO_BUF struct buf filter = BUF_LIMIT(FILTER_BYTES);

	if (gcp_entries_check(page, err) < 0)
		return -1;
	if (!gcp_project_valid(slice_text(project)) || turn >= GCP_ENTRIES_TURNS)
		return err_set(err, ERR_USAGE, "the project's id cannot be sent");
	put_filter(&filter, page, project);
	put_question(body, page, project, buf_slice(&filter), page_sizes[turn]);
	if (buf_overflowed(&filter) || buf_overflowed(body))
		return err_set(err, ERR_LIMIT, "the question is too long");
	return 0;
}

/* ---- the answer -------------------------------------------------------------------- */

/* Whether a JSON list, which was found valid, holds anything. */
static bool is_empty_list(struct slice list)
{
	for (size_t i = 1; i < list.len; i++) {
		if (!strchr(" \t\r\n", list.ptr[i]))
			return list.ptr[i] == ']';
	}
	return true;
}

/* {"entries":[...],"nextPageToken":"..."}; either is left out where there is none. */
int gcp_entries_read(struct slice body, struct buf *token, bool *ret_empty,
		     struct err *err)
{
	struct answer_member members[] = {
		{ .name = "entries" },
		{ .name = "nextPageToken" },
		{ .name = "error" },
	};
	struct slice entries;

	if (answer_read(body, members, 3, err) < 0)
		return -1;
	entries = members[0].value;
	if ((entries.len && entries.ptr[0] != '[') || members[2].value.len)
		return err_set(err, ERR_FORMAT, "it holds no list of entries");
	if (answer_token(members[1].value, token, err) < 0)
		return -1;
	*ret_empty = is_empty_list(entries);
	return 0;
}
