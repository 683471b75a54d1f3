/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Kinds: the API logs whose records are told apart, one file and one row a cloud. A row
 * says which keys make an object a record of it, how the few values by which it is
 * counted are read, with and without a parse of the whole record, and how the event of
 * one that matters is made.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "correlator/event.h"
#include "evidence/cloud.h"
#include "evidence/cloud/fields.h"

/* A digest in hexadecimal that stands for an id where the log has none, terminated. */
#define RECORD_ID_BYTES 33

/* A GUID, with its end. */
#define RECORD_GUID_BYTES 40

/* Where the lists and the computed texts of one record are. */
struct record_room {
	struct slice instances[LIMIT_CALL_TARGETS];
	struct slice association_ids[LIMIT_CALL_TARGETS];
	char fingerprint[FINGERPRINT_TEXT_BYTES];
	char id[RECORD_ID_BYTES];
	char account[LIMIT_API_PLACE_BYTES];
	char correlation_id[RECORD_GUID_BYTES];
	char place[LIMIT_API_PLACE_BYTES + 16]; /* "projects/" and the account */
	char handler[256];
	char error_code[128];
};

/* By what a record is counted, and whether it matters. */
struct record_head {
	enum api_log log;
	struct slice name;   /* what was called, as written */
	struct slice source; /* whose calls these are; empty = not said */
	struct slice id, account, region;
	us_time happened_at;  /* US_TIME_NONE = missing or impossible */
	us_time delivered_at; /* US_TIME_NONE = not said */
	enum api_action action;
};

struct record_kind {
	uint32_t marks; /* 1 << enum field: any of these makes an object its record */
	const char *time_name; /* of the key that its time stands under, for errors */

	/* Reads the head off the scanned fields, borrowing from them and `room`. False
	 * when something of it is not plain: then the record is parsed. */
	bool (*glance)(const struct fields *fields, struct slice record,
		       struct record_room *room, struct record_head *ret_head);

	/* Reads the head out of the parsed record. Fails on a value of the wrong type. */
	int (*head)(const json_t *record, struct record_room *room,
		    struct record_head *ret_head, struct err *err);

	/* Makes the event of a record whose action matters; `*event` is filled with what
	 * the head says. Sets its action to API_OTHER when, looked at closely, it does
	 * not matter. Fails, naming the path, on what is not as it should be. */
	int (*fill)(const json_t *record, struct record_room *room, struct event *event,
		    struct err *err);
};

extern const struct record_kind kind_cloudtrail;
extern const struct record_kind kind_azure_activity;
extern const struct record_kind kind_gcp_audit;

/* The kind of a scanned object, or of a parsed one; NULL when it is no record. */
const struct record_kind *kind_of_fields(const struct fields *fields);
const struct record_kind *kind_of_json(const json_t *record);
