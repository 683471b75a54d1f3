/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/object.h"

#include "evidence/cloud/unescape.h"

/* A digest file of CloudTrail's, and an answer of entries:list without entries. */
#define NO_RECORDS (FIELD_BIT(FIELD_DIGEST) | FIELD_BIT(FIELD_NEXT_PAGE))

void object_room_init(struct object_room *room, enum scan_kernel kernel)
{
	room->text = (struct buf)BUF_LIMIT(LIMIT_API_RECORD_BYTES);
	scan_init(&room->scan, kernel);
}

void object_room_release(struct object_room *room)
{
	buf_release(&room->text);
}

static int scan_text(struct object_room *room, struct fields *ret_fields, struct err *err)
{
	struct slice text = buf_slice(&room->text);
	size_t at = 1;

	if (!text.len || text.ptr[0] != '{')
		return err_set(err, ERR_FORMAT, "CloudTrailEvent: not an object");
	scan_begin(&room->scan);
	if (scan_next(&room->scan, text, &at) != SCAN_END || at != text.len)
		return err_set(err, ERR_FORMAT, "CloudTrailEvent: not one whole object");
	if (room->scan.too_deep)
		return err_set(err, ERR_LIMIT, "CloudTrailEvent: nested deeper than %d",
			       LIMIT_JSON_DEPTH);
	fields_read(ret_fields, text, &room->scan);
	return 0;
}

/* {"EventId":...,"EventTime":...,"CloudTrailEvent":"{\"eventVersion\":\"1.08\",...}"} */
static int read_entry(struct record_sink *sink, struct object_room *room,
		      struct slice raw, const struct record_place *place,
		      bool *ret_is_record, struct err *err)
{
	struct fields fields;

	*ret_is_record = true;
	buf_clear(&room->text);
	if (!unescape(raw, &room->text))
		return err_set(err, ERR_FORMAT, "CloudTrailEvent: not a valid string");
	if (scan_text(room, &fields, err) < 0)
		return -1;
	return record_read(sink, buf_slice(&room->text), &fields, place, ret_is_record,
			   err);
}

int object_read(struct record_sink *sink, struct object_room *room, struct slice object,
		const struct scan *scan, struct record_place place, bool *ret_is_record,
		struct err *err)
{
	struct slice record = object;
	struct fields fields;

	fields_read(&fields, object, scan);
	if (!kind_of_fields(&fields)) {
		if (fields.seen & FIELD_BIT(FIELD_LOOKUP))
			return read_entry(sink, room, fields.values[FIELD_LOOKUP], &place,
					  ret_is_record, err);
		if (fields.seen & NO_RECORDS) {
			*ret_is_record = true;
			return 0;
		}
	}
	if (scan->record_len) {
		record = slice_of(object.ptr + scan->record_start, scan->record_len);
		place.position += scan->record_start;
	}
	return record_read(sink, record, &fields, &place, ret_is_record, err);
}
