/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Kinds of control planes, a row and a file each: all that one cloud's has of its own.
 * Which questions are put to it and which log classes each covers, what shows how far its
 * log is delivered, which logins wait for which class, what to grant when it refuses.
 * When it is asked, page after page, and what the pages prove is the same for all.
 */
#include "config/config.h"
#include "correlator/verdict.h"
#include "courier/message.h"
#include "evidence/cloud.h"

#define LOG_CLASS_BIT(log_class) (UINT32_C(1) << (log_class))
#define PLANE_QUERIES_MAX 24

/* One question. Attribute and value together name it, for ever: what it has proven is
 * stored under them. Of two kinds only the newest page is asked for: a canary (no
 * classes) shows how far the log is delivered; a witness shows that this host may read
 * the log of its classes at all, where a service leaves out silently what may not be
 * read. A watch (no classes) brings calls that no login waits for: it is asked seldom,
 * last, a page or two at a time, and that it fails takes sight of nothing. */
struct plane_query {
	const char *attribute;
	const char *value; /* NULL: what `part` says, or the kind's own */
	uint32_t classes;  /* LOG_CLASS_BITs whose progress it is part of */
	bool is_witness;
	bool is_watch;
};

/* What a login by this path waits for. */
struct plane_path {
	enum path path;
	uint32_t classes; /* LOG_CLASS_BITs */
};

/* What is to be done where sight is lost for this reason. */
struct plane_advice {
	enum reason reason;
	const char *what, *advice;
};

struct plane_quick;

struct plane_kind {
	const char *provider; /* as an identity names it: "aws" */
	const char *log;      /* as a sentence names it: "CloudTrail" */
	const char *source;   /* as evidence names it: "CloudTrail LookupEvents" */
	/* Canaries come first, then witnesses: they are asked first, and of their pages
	 * the first alone, for the newest comes first. Watches come last. */
	const struct plane_query *queries;
	size_t query_count;
	const struct plane_path *paths;
	size_t path_count;
	const struct plane_advice *advice;
	size_t advice_count;
	/* LOG_CLASS_BITs of logs that may be switched off: nothing is proven of them
	 * before the first record that was seen. */
	uint32_t optional;
	bool is_regional; /* a region's log is its own; else an account has one for all */
	us_span page_gap; /* between two questions: the account's machines share a rate */
	int rest_factor;  /* poll_intervals from pass to pass while no login waits */
	/* What of the account is asked about: proven of it alone. */
	struct slice (*part)(const struct identity *own);
	/* Fills in what is asked for and where; time and token are the pass's. */
	void (*ask)(const struct plane_query *query, const struct identity *own,
		    struct ask_page *question);
	/* How far the record shows the log to be delivered; US_TIME_NONE = not at all. */
	us_time (*shows)(const struct api_record_seen *record);
	/* Whether a folder of API logs sees for itself, by configuration. */
	bool (*has_folder)(const struct config *config);
	/* Whether it is asked what it logged, by configuration. */
	bool (*is_asked)(const struct config *config);
	const struct plane_quick *quick; /* NULL = nobody can be asked by an id */
	bool has_metadata; /* its metadata tells of keys and users: plane/metadata.h */
};

/* Whether its newest page is all that is asked for. */
bool plane_query_is_of_newest(const struct plane_query *query);

/* The kind of this provider; of a host whose provider is not said, the first. NULL = none
 * of those that are known. */
const struct plane_kind *plane_kind_find(struct slice provider);

/* The classes that are asked for at all, and those that a login by this path waits for.
 */
uint32_t plane_kind_classes(const struct plane_kind *kind);
uint32_t plane_kind_classes_of(const struct plane_kind *kind, enum path path);

/* NULL = there is nothing to advise. */
const struct plane_advice *plane_kind_advice(const struct plane_kind *kind,
					     enum reason reason);
