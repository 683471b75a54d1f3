/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/host_names.h"

/* Fewer digits than this look like no id. */
#define FEWEST_ID_DIGITS 8

/* More logins than this that are not judged are counted, and shown when asked for. */
#define MANY_NOT_JUDGED 50

struct id_list {
	struct id *ids; /* owned */
	size_t count, size;
};

struct count {
	struct report *report;
	struct id_list ids;
};

static void add_id(struct id_list *list, const struct id *id)
{
	if (list->count == list->size) {
		list->size = list->size ? 2 * list->size : 256;
		list->ids = memory_resize(list->ids, list->size, sizeof(*list->ids));
	}
	list->ids[list->count++] = *id;
}

static void count_login(void *ctx, const struct verdict *verdict)
{
	struct count *count = ctx;
	struct report *report = count->report;
	struct slice host = verdict->login->host;

	report->summary.logins++;
	report->summary.by_verdict[verdict->verdict]++;
	add_id(&count->ids, &verdict->login->id);
	if (report->host.len == 0)
		report->host = host;
	else if (!host_name_is(host, report->host))
		report->has_several_hosts = true;
}

static void count_finding(void *ctx, const struct finding *finding)
{
	struct count *count = ctx;

	add_id(&count->ids, &finding->id);
	if (finding->suppression) {
		count->report->summary.suppressed++;
		return;
	}
	count->report->summary.findings++;
	count->report->has_unauthorized |= finding->verdict != NULL;
	if (finding->severity > count->report->worst)
		count->report->worst = finding->severity;
}

static int compare_ids(const void *left, const void *right)
{
	const struct id *a = left, *b = right;

	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* How many digits two ids have in common at the front; all of them for equal ones. */
static unsigned common_digits(const struct id *a, const struct id *b)
{
	for (unsigned i = 0; i < ID_BYTES; i++) {
		if (a->bytes[i] != b->bytes[i])
			return 2 * i + ((a->bytes[i] ^ b->bytes[i]) < 0x10);
	}
	return 2 * ID_BYTES;
}

static unsigned digits_needed(struct id_list *list)
{
	unsigned needed = FEWEST_ID_DIGITS;

	if (list->count)
		qsort(list->ids, list->count, sizeof(*list->ids), compare_ids);
	for (size_t i = 1; i < list->count; i++) {
		unsigned common = common_digits(&list->ids[i - 1], &list->ids[i]);

		if (common < 2 * ID_BYTES && common + 1 > needed)
			needed = common + 1;
	}
	return needed;
}

void report_count(struct report *report)
{
	struct count count = { .report = report };

	report->worst = SEVERITY_LOW;
	report->source.each_login(report->source.from, count_login, &count);
	report->source.each_finding(report->source.from, count_finding, &count);
	report->id_digits = digits_needed(&count.ids);
	free(count.ids.ids);
}

static bool shows(const struct report *report, enum path path, enum path through)
{
	int wanted = report->filter.path;

	return wanted < 0 || (int)path == wanted || (int)through == wanted;
}

bool report_shows(const struct report *report, const struct verdict *verdict)
{
	int wanted = report->filter.verdict;

	return (wanted < 0 || (int)verdict->verdict == wanted) &&
	       shows(report, verdict->login->path, verdict->login->through);
}

bool report_shows_finding(const struct report *report, const struct finding *finding)
{
	if (finding->verdict)
		return report_shows(report, finding->verdict);
	return report->filter.verdict < 0 &&
	       shows(report, finding->path,
		     finding->login ? finding->login->through : PATH_NONE);
}

bool report_leaves_out(const struct report *report)
{
	return !report->filter.all && report->filter.verdict < 0 &&
	       report->filter.path < 0 &&
	       report->summary.by_verdict[VERDICT_NOT_JUDGED] > MANY_NOT_JUDGED;
}

void report_write(const struct report *report, struct buf *buf)
{
	struct err err;

	if (buf_overflowed(buf)) {
		err_set(&err, ERR_LIMIT, "a line of output is longer than %zu bytes",
			buf->limit_bytes);
		problems_tell(report->problems, NULL, &err);
	} else if (buf->len) {
		fwrite(buf->ptr, 1, buf->len, stdout);
	}
	buf_clear(buf);
}
