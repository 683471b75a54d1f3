/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/event_code.h"

#include <stddef.h>

#include "base/limits.h"

/*
 * code   = version kind field*
 * field  = tag value, tags ascending; a member that says nothing has no field
 * value  = text: length bytes | list: count text* | flag: nothing | hash: 8 bytes, low
 *          first | number: LEB128, signed ones zigzag
 *
 * The numbers of tags and of constants are the code. A new member gets a tag of its own,
 * the last of its kind; a new constant goes to the end of its enum. Anything else needs
 * another version.
 */
#define EVENT_CODE_VERSION 1

#define NUMBER_BYTES_MAX 10
#define HASH_BYTES 8

#define PINNED(constant, number)                            \
	_Static_assert((int)(constant) == (int)(number),    \
		       #constant " has another number now " \
				 "than in the events that are stored")
PINNED(EVENT_RUN, 11);
PINNED(EVENT_API_CALL, 12);
PINNED(EVENT_IDENTITY, 18);
PINNED(RUN_ASSOCIATION, 2);
PINNED(RUN_ENDED, 3);
PINNED(API_ENABLE_SERIAL_CONSOLE_ACCESS, 11);
PINNED(API_FAILED, 2);
PINNED(TRISTATE_TRUE, 2);
PINNED(HOST_SOURCE_SSM, 2);
PINNED(TRUST_ATTESTED, 4);
PINNED(REASON_TTY_UNKNOWN, 21);
PINNED(LOG_CLASS_ECS, 2);
PINNED(EVENT_BOOT, 25);
PINNED(EXTENSION_REMOVED, 5);
PINNED(SCRIPT_USER_DATA, 3);
PINNED(CLOUD_GCP, 3);
PINNED(CLOUD_USER_REFUSED, 2);
PINNED(CREDENTIAL_METADATA_KEY, 2);
PINNED(API_GCP_OS_CONFIG, 40);
PINNED(API_GCP_STOP_LOG, 45);
PINNED(HOST_SOURCE_CLOUD_INIT, 6);
PINNED(REASON_CREDENTIAL_SET_BEFORE, 23);
PINNED(LOG_CLASS_GCP_OS_CONFIG, 10);
PINNED(REASON_POLICY_UNDECIDED, 34);
#undef PINNED

enum field_type {
	FIELD_TEXT,
	FIELD_LIST,
	FIELD_FLAG,
	FIELD_ENUM,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_HASH,
	FIELD_I16,
	FIELD_TIME, /* also spans */
};

struct field {
	uint32_t kinds; /* 1 << enum event_kind */
	uint8_t tag;
	enum field_type type;
	uint16_t offset;
	uint16_t count_offset; /* lists: of the number of texts */
	uint16_t constants;    /* enums: how many there are */
	us_time absent;	       /* numbers: what is not written down */
};

#define AT(member) offsetof(struct event, member)
#define TEXT(kinds, tag, member)                            \
	{                                                   \
		kinds, tag, FIELD_TEXT, AT(member), 0, 0, 0 \
	}
#define LIST(kinds, tag, member, count)                             \
	{                                                           \
		kinds, tag, FIELD_LIST, AT(member), AT(count), 0, 0 \
	}
#define ENUM(kinds, tag, member, constants)                         \
	{                                                           \
		kinds, tag, FIELD_ENUM, AT(member), 0, constants, 0 \
	}
#define PLAIN(kinds, tag, type, member, absent)            \
	{                                                  \
		kinds, tag, type, AT(member), 0, 0, absent \
	}
#define ON(kind) (1u << EVENT_##kind)
#define EVERY (ON(KIND_COUNT) - 1)
#define LOGINS (ON(LOGIN_ACCEPTED) | ON(KEY_PARTIAL))
#define PAM (ON(SESSION_OPENED) | ON(SESSION_CLOSED))
#define LOGIND (ON(LOGIND_OPENED) | ON(LOGIND_CLOSED))
#define PROGRESS (ON(PROGRESS) | ON(API_HOLE))

/* By tag within each kind; what is said of every event first. */
static const struct field fields[] = {
	PLAIN(EVERY, 1, FIELD_TIME, happened_at, 0),
	PLAIN(EVERY, 2, FIELD_TIME, uncertainty_us, 0),
	PLAIN(EVERY, 3, FIELD_U64, evidence, 0),
	ENUM(EVERY, 4, trust, TRUST_COUNT),
	TEXT(EVERY, 5, host),
	PLAIN(EVERY, 6, FIELD_U32, pid, 0),
	ENUM(EVERY, 7, source, HOST_SOURCE_COUNT),
	PLAIN(EVERY, 8, FIELD_HASH, text_hash, 0),
	PLAIN(EVERY, 9, FIELD_FLAG, twin_expected, 0),
	PLAIN(EVERY, 10, FIELD_U32, forger, 0),

	TEXT(ON(KEY_OFFERED), 16, key_offered.fingerprint),
	TEXT(ON(KEY_OFFERED), 17, key_offered.request_id),
	TEXT(ON(KEY_OFFERED), 18, key_offered.principal),

	TEXT(LOGINS, 16, login.user),
	TEXT(LOGINS, 17, login.method),
	TEXT(LOGINS, 18, login.source_ip),
	PLAIN(LOGINS, 19, FIELD_U16, login.source_port, 0),
	TEXT(LOGINS, 20, login.key_type),
	TEXT(LOGINS, 21, login.fingerprint),
	TEXT(LOGINS, 22, login.certificate_id),
	PLAIN(LOGINS, 23, FIELD_FLAG, login.certificate_cut, 0),

	PLAIN(ON(SSHD_LISTENING), 16, FIELD_U16, sshd_listening.port, 0),

	TEXT(ON(CONSOLE_LOGIN), 16, console_login.user),
	TEXT(ON(CONSOLE_LOGIN), 17, console_login.tty),

	TEXT(PAM, 16, pam_session.service),
	TEXT(PAM, 17, pam_session.user),
	TEXT(PAM, 18, pam_session.by),
	TEXT(PAM, 19, pam_session.tty),

	TEXT(LOGIND, 16, logind_session.session),
	TEXT(LOGIND, 17, logind_session.user),
	PLAIN(LOGIND, 18, FIELD_U32, logind_session.leader_pid, 0),
	TEXT(LOGIND, 19, logind_session.tty),

	TEXT(ON(ACCOUNT_CREATED), 16, account_created.user),
	PLAIN(ON(ACCOUNT_CREATED), 17, FIELD_U32, account_created.uid, 0),

	TEXT(ON(SUDO), 16, sudo.user),
	TEXT(ON(SUDO), 17, sudo.target_user),
	TEXT(ON(SUDO), 18, sudo.tty),

	ENUM(ON(RUN), 16, run.kind, RUN_ASSOCIATION + 1),
	ENUM(ON(RUN), 17, run.stage, RUN_ENDED + 1),
	TEXT(ON(RUN), 18, run.id),
	TEXT(ON(RUN), 19, run.instance),
	TEXT(ON(RUN), 20, run.plugin),
	TEXT(ON(RUN), 21, run.document),
	TEXT(ON(RUN), 22, run.owner),
	TEXT(ON(RUN), 23, run.run_as_user),
	PLAIN(ON(RUN), 24, FIELD_U16, run.port, 0),
	PLAIN(ON(RUN), 25, FIELD_FLAG, run.port_is_remote, 0),
	PLAIN(ON(RUN), 26, FIELD_HASH, run.content_hash, 0),

	TEXT(ON(API_CALL), 16, api_call.id),
	ENUM(ON(API_CALL), 17, api_call.action, API_ACTION_COUNT),
	TEXT(ON(API_CALL), 18, api_call.name),
	TEXT(ON(API_CALL), 19, api_call.request_id),
	ENUM(ON(API_CALL), 20, api_call.outcome, API_FAILED + 1),
	TEXT(ON(API_CALL), 21, api_call.error_code),
	TEXT(ON(API_CALL), 22, api_call.principal),
	TEXT(ON(API_CALL), 23, api_call.access_key_id),
	TEXT(ON(API_CALL), 24, api_call.session_issuer),
	TEXT(ON(API_CALL), 25, api_call.source_ip),
	TEXT(ON(API_CALL), 26, api_call.user_agent),
	TEXT(ON(API_CALL), 27, api_call.invoked_by),
	ENUM(ON(API_CALL), 28, api_call.mfa, TRISTATE_TRUE + 1),
	TEXT(ON(API_CALL), 29, api_call.account),
	TEXT(ON(API_CALL), 30, api_call.region),
	LIST(ON(API_CALL), 31, api_call.instances, api_call.instance_count),
	PLAIN(ON(API_CALL), 32, FIELD_FLAG, api_call.targets_by_tag, 0),
	TEXT(ON(API_CALL), 33, api_call.denied_instance),
	TEXT(ON(API_CALL), 34, api_call.denied_session),
	TEXT(ON(API_CALL), 35, api_call.session_id),
	TEXT(ON(API_CALL), 36, api_call.command_id),
	LIST(ON(API_CALL), 37, api_call.association_ids, api_call.association_count),
	TEXT(ON(API_CALL), 38, api_call.os_user),
	TEXT(ON(API_CALL), 39, api_call.fingerprint),
	TEXT(ON(API_CALL), 40, api_call.document),
	PLAIN(ON(API_CALL), 41, FIELD_U16, api_call.port, 0),
	TEXT(ON(API_CALL), 42, api_call.private_ip),
	PLAIN(ON(API_CALL), 43, FIELD_I16, api_call.serial_port, -1),
	TEXT(ON(API_CALL), 44, api_call.correlation_id),
	TEXT(ON(API_CALL), 45, api_call.operation_id),
	TEXT(ON(API_CALL), 46, api_call.resource),
	TEXT(ON(API_CALL), 47, api_call.handler),
	TEXT(ON(API_CALL), 48, api_call.tunnel_id),
	TEXT(ON(API_CALL), 49, api_call.caller_hint),
	PLAIN(ON(API_CALL), 50, FIELD_U32, api_call.metadata_keys, 0),
	PLAIN(ON(API_CALL), 51, FIELD_FLAG, api_call.is_admin, 0),
	PLAIN(ON(API_CALL), 52, FIELD_FLAG, api_call.has_ended, 0),

	TEXT(ON(GAP), 16, gap.source),
	TEXT(ON(GAP), 17, gap.cause),
	PLAIN(ON(GAP), 18, FIELD_TIME, gap.from, US_TIME_NONE),
	PLAIN(ON(GAP), 19, FIELD_TIME, gap.until, US_TIME_NONE),
	PLAIN(ON(GAP), 20, FIELD_U64, gap.lost_bytes, 0),

	ENUM(ON(HOST_COVERAGE), 16, host_coverage.source, HOST_SOURCE_COUNT),
	PLAIN(ON(HOST_COVERAGE), 17, FIELD_TIME, host_coverage.from, US_TIME_NONE),
	PLAIN(ON(HOST_COVERAGE), 18, FIELD_TIME, host_coverage.until, US_TIME_NONE),
	TEXT(ON(HOST_COVERAGE), 19, host_coverage.host),

	TEXT(PROGRESS, 16, progress.account),
	TEXT(PROGRESS, 17, progress.region),
	PLAIN(PROGRESS, 18, FIELD_FLAG, progress.every_class, 0),
	ENUM(PROGRESS, 19, progress.log_class, LOG_CLASS_COUNT),
	PLAIN(PROGRESS, 20, FIELD_TIME, progress.from, US_TIME_NONE),
	PLAIN(PROGRESS, 21, FIELD_TIME, progress.until, US_TIME_NONE),

	TEXT(ON(SIGHT), 16, sight.account),
	TEXT(ON(SIGHT), 17, sight.region),
	PLAIN(ON(SIGHT), 18, FIELD_FLAG, sight.every_class, 0),
	ENUM(ON(SIGHT), 19, sight.log_class, LOG_CLASS_COUNT),
	PLAIN(ON(SIGHT), 20, FIELD_FLAG, sight.lost, 0),
	ENUM(ON(SIGHT), 21, sight.reason, REASON_COUNT),

	TEXT(ON(IDENTITY), 16, identity.provider),
	TEXT(ON(IDENTITY), 17, identity.instance),
	TEXT(ON(IDENTITY), 18, identity.account),
	TEXT(ON(IDENTITY), 19, identity.region),
	LIST(ON(IDENTITY), 20, identity.private_ips, identity.private_ip_count),
	LIST(ON(IDENTITY), 21, identity.endpoint_ips, identity.endpoint_ip_count),
	PLAIN(ON(IDENTITY), 22, FIELD_TIME, identity.launched_at, US_TIME_NONE),
	PLAIN(ON(IDENTITY), 23, FIELD_TIME, identity.watched_since, US_TIME_NONE),
	LIST(ON(IDENTITY), 24, identity.tags, identity.tag_count),
	PLAIN(ON(IDENTITY), 25, FIELD_FLAG, identity.has_tags, 0),

	ENUM(ON(EXTENSION), 16, extension.stage, EXTENSION_KNOWN + 1),
	TEXT(ON(EXTENSION), 17, extension.handler),
	TEXT(ON(EXTENSION), 18, extension.version),
	TEXT(ON(EXTENSION), 19, extension.name),
	PLAIN(ON(EXTENSION), 20, FIELD_U64, extension.sequence, 0),
	PLAIN(ON(EXTENSION), 21, FIELD_FLAG, extension.has_sequence, 0),
	PLAIN(ON(EXTENSION), 22, FIELD_FLAG, extension.was_enabled, 0),
	TEXT(ON(EXTENSION), 23, extension.correlation_id),
	PLAIN(ON(EXTENSION), 24, FIELD_TIME, extension.created_at, US_TIME_NONE),
	TEXT(ON(EXTENSION), 25, extension.run_as_user),

	ENUM(ON(SCRIPT), 16, script.kind, SCRIPT_USER_DATA + 1),
	PLAIN(ON(SCRIPT), 17, FIELD_FLAG, script.has_ended, 0),
	TEXT(ON(SCRIPT), 18, script.name),

	ENUM(ON(CLOUD_USER), 16, cloud_user.cloud, CLOUD_COUNT),
	ENUM(ON(CLOUD_USER), 17, cloud_user.state, CLOUD_USER_REFUSED + 1),
	TEXT(ON(CLOUD_USER), 18, cloud_user.user),
	TEXT(ON(CLOUD_USER), 19, cloud_user.principal),
	TEXT(ON(CLOUD_USER), 20, cloud_user.correlation_id),
	PLAIN(ON(CLOUD_USER), 21, FIELD_FLAG, cloud_user.is_admin, 0),

	TEXT(ON(CLOUD_KEY), 16, cloud_key.user),
	TEXT(ON(CLOUD_KEY), 17, cloud_key.fingerprint),
	TEXT(ON(CLOUD_KEY), 18, cloud_key.principal),
	PLAIN(ON(CLOUD_KEY), 19, FIELD_FLAG, cloud_key.is_gone, 0),

	ENUM(ON(CREDENTIAL_SET), 16, credential_set.means, CREDENTIAL_METADATA_KEY + 1),
	TEXT(ON(CREDENTIAL_SET), 17, credential_set.user),
	PLAIN(ON(CREDENTIAL_SET), 18, FIELD_FLAG, credential_set.is_password, 0),
	PLAIN(ON(CREDENTIAL_SET), 19, FIELD_FLAG, credential_set.is_removed, 0),

	TEXT(ON(ACCOUNT_CHANGED), 16, account_changed.user),
	TEXT(ON(ACCOUNT_CHANGED), 17, account_changed.group),

	PLAIN(ON(BOOT), 16, FIELD_FLAG, boot.is_shutdown, 0),
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static bool is_of_kind(const struct field *field, enum event_kind kind)
{
	return (field->kinds >> kind & 1) != 0;
}

static void *member_of(struct event *event, const struct field *field)
{
	return (char *)event + field->offset;
}

static const void *member_in(const struct event *event, const struct field *field)
{
	return (const char *)event + field->offset;
}

/* Numbers of every width, unsigned ones of 64 bits by their bits. */
static int64_t number_of(const struct event *event, const struct field *field)
{
	const void *member = member_in(event, field);

	switch (field->type) {
	case FIELD_FLAG:
		return *(const bool *)member;
	case FIELD_U16:
		return *(const uint16_t *)member;
	case FIELD_I16:
		return *(const int16_t *)member;
	case FIELD_ENUM:
	case FIELD_U32:
		return *(const uint32_t *)member;
	default:
		return *(const int64_t *)member;
	}
}

static void set_number(struct event *event, const struct field *field, int64_t number)
{
	void *member = member_of(event, field);

	switch (field->type) {
	case FIELD_FLAG:
		*(bool *)member = number != 0;
		break;
	case FIELD_U16:
		*(uint16_t *)member = (uint16_t)number;
		break;
	case FIELD_I16:
		*(int16_t *)member = (int16_t)number;
		break;
	case FIELD_ENUM:
	case FIELD_U32:
		*(uint32_t *)member = (uint32_t)number;
		break;
	default:
		*(int64_t *)member = number;
		break;
	}
}

static bool is_text(const struct field *field)
{
	return field->type == FIELD_TEXT || field->type == FIELD_LIST;
}

static bool is_signed(const struct field *field)
{
	return field->type == FIELD_I16 || field->type == FIELD_TIME;
}

/* ---- writing ---- */

static void put_number(struct buf *buf, uint64_t number)
{
	while (number >= 0x80) {
		buf_append_byte(buf, (char)(uint8_t)(number | 0x80));
		number >>= 7;
	}
	buf_append_byte(buf, (char)(uint8_t)number);
}

static void put_text(struct buf *buf, struct slice text)
{
	if (text.len > LIMIT_EVENT_TEXT_BYTES)
		buf->overflowed = true;
	put_number(buf, text.len);
	buf_append(buf, text);
}

static void put_list(struct buf *buf, const struct event *event,
		     const struct field *field)
{
	const struct slice *texts = *(const struct slice *const *)member_in(event, field);
	uint32_t count = *(const uint32_t *)((const char *)event + field->count_offset);

	if (count == 0)
		return;
	if (count > LIMIT_CALL_TARGETS)
		buf->overflowed = true;
	buf_append_byte(buf, (char)field->tag);
	put_number(buf, count);
	for (uint32_t i = 0; i < count && !buf_overflowed(buf); i++)
		put_text(buf, texts[i]);
}

static void put_hash(struct buf *buf, uint64_t hash)
{
	for (unsigned i = 0; i < HASH_BYTES; i++)
		buf_append_byte(buf, (char)(uint8_t)(hash >> 8 * i));
}

static uint64_t zigzag(int64_t number)
{
	return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

static void put_value(struct buf *buf, const struct event *event,
		      const struct field *field)
{
	int64_t number = number_of(event, field);

	if (number == field->absent)
		return;
	buf_append_byte(buf, (char)field->tag);
	if (field->type == FIELD_HASH)
		put_hash(buf, (uint64_t)number);
	else if (field->type != FIELD_FLAG)
		put_number(buf, is_signed(field) ? zigzag(number) : (uint64_t)number);
}

static void put_field(struct buf *buf, const struct event *event,
		      const struct field *field)
{
	const struct slice *text = member_in(event, field);

	if (field->type == FIELD_LIST) {
		put_list(buf, event, field);
	} else if (field->type != FIELD_TEXT) {
		put_value(buf, event, field);
	} else if (text->len) {
		buf_append_byte(buf, (char)field->tag);
		put_text(buf, *text);
	}
}

void event_encode(const struct event *event, struct buf *buf)
{
	buf_append_byte(buf, EVENT_CODE_VERSION);
	buf_append_byte(buf, (char)event->kind);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (is_of_kind(&fields[i], event->kind))
			put_field(buf, event, &fields[i]);
}

/* ---- reading ---- */

/* What is left to read; once something was wrong, nothing. */
struct reader {
	struct slice rest;
	struct arena *arena;
	const char *wrong; /* NULL = nothing so far */
};

static uint64_t refuse(struct reader *reader, const char *why)
{
	if (!reader->wrong)
		reader->wrong = why;
	reader->rest.len = 0;
	return 0;
}

static uint8_t take_byte(struct reader *reader)
{
	uint8_t byte;

	if (reader->rest.len == 0)
		return (uint8_t)refuse(reader, "it ends too early");
	byte = (uint8_t)reader->rest.ptr[0];
	reader->rest = slice_skip(reader->rest, 1);
	return byte;
}

static uint64_t take_number(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < NUMBER_BYTES_MAX; i++) {
		uint8_t byte = take_byte(reader);

		if (i == NUMBER_BYTES_MAX - 1 && byte > 1)
			break;
		number |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (byte < 0x80)
			return number;
	}
	return refuse(reader, "a number has too many bits");
}

static uint64_t take_hash(struct reader *reader)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < HASH_BYTES; i++)
		hash |= (uint64_t)take_byte(reader) << 8 * i;
	return hash;
}

static struct slice take_text(struct reader *reader)
{
	uint64_t len = take_number(reader);
	struct slice text;

	if (len > LIMIT_EVENT_TEXT_BYTES || len > reader->rest.len) {
		refuse(reader, "a text is longer than there are bytes");
		return slice_of("", 0);
	}
	text = slice_first(reader->rest, (size_t)len);
	reader->rest = slice_skip(reader->rest, (size_t)len);
	return text;
}

static void take_list(struct reader *reader, struct event *event,
		      const struct field *field)
{
	uint64_t count = take_number(reader);
	struct slice *texts;

	/* Each text takes a byte at least. */
	if (count == 0 || count > LIMIT_CALL_TARGETS || count > reader->rest.len) {
		refuse(reader, "a list has too many texts or none");
		return;
	}
	texts = arena_new(reader->arena, (size_t)count * sizeof(*texts));
	for (uint64_t i = 0; i < count; i++)
		texts[i] = take_text(reader);
	*(const struct slice **)member_of(event, field) = texts;
	*(uint32_t *)((char *)event + field->count_offset) = (uint32_t)count;
}

static int64_t take_signed(struct reader *reader)
{
	uint64_t number = take_number(reader);

	return (int64_t)(number >> 1 ^ (number & 1 ? UINT64_MAX : 0));
}

static bool is_in_range(const struct field *field, int64_t number)
{
	switch (field->type) {
	case FIELD_ENUM:
		return number >= 0 && number < field->constants;
	case FIELD_U16:
		return number >= 0 && number <= UINT16_MAX;
	case FIELD_U32:
		return number >= 0 && number <= UINT32_MAX;
	case FIELD_I16:
		return number >= INT16_MIN && number <= INT16_MAX;
	default:
		return true;
	}
}

static void take_value(struct reader *reader, struct event *event,
		       const struct field *field)
{
	int64_t number;

	if (field->type == FIELD_FLAG)
		number = 1;
	else if (field->type == FIELD_HASH)
		number = (int64_t)take_hash(reader);
	else
		number = is_signed(field) ? take_signed(reader)
					  : (int64_t)take_number(reader);
	if (is_in_range(field, number))
		set_number(event, field, number);
	else
		refuse(reader, "a number is out of its range");
}

static void take_field(struct reader *reader, struct event *event,
		       const struct field *field)
{
	if (field->type == FIELD_TEXT)
		*(struct slice *)member_of(event, field) = take_text(reader);
	else if (field->type == FIELD_LIST)
		take_list(reader, event, field);
	else
		take_value(reader, event, field);
}

/* The event of this kind that says nothing. */
static void set_absent(struct event *event, enum event_kind kind)
{
	*event = (struct event){ .kind = kind };
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (is_of_kind(&fields[i], kind) && !is_text(&fields[i]))
			set_number(event, &fields[i], fields[i].absent);
}

static void take_fields(struct reader *reader, struct event *event)
{
	size_t i = 0;

	while (reader->rest.len > 0) {
		uint8_t tag = take_byte(reader);

		while (i < FIELD_COUNT &&
		       (!is_of_kind(&fields[i], event->kind) || fields[i].tag != tag))
			i++;
		if (i == FIELD_COUNT) {
			refuse(reader, "a field is unknown or out of order");
			return;
		}
		take_field(reader, event, &fields[i++]);
	}
}

int event_decode(struct slice code, struct arena *arena, struct event *ret_event,
		 struct err *err)
{
	struct reader reader = { .rest = code, .arena = arena };
	struct event event;
	uint8_t version, kind;

	if (code.len > LIMIT_EVENT_BYTES)
		return err_set(err, ERR_LIMIT, "an event of %zu bytes", code.len);
	version = take_byte(&reader);
	kind = take_byte(&reader);
	if (!reader.wrong && version != EVENT_CODE_VERSION)
		return err_set(err, ERR_FORMAT, "an event of an unknown version %u",
			       (unsigned)version);
	if (!reader.wrong && kind >= EVENT_KIND_COUNT)
		return err_set(err, ERR_FORMAT, "an event of an unknown kind %u",
			       (unsigned)kind);
	set_absent(&event, (enum event_kind)kind);
	take_fields(&reader, &event);
	if (reader.wrong)
		return err_set(err, ERR_FORMAT, "an event that cannot be read: %s",
			       reader.wrong);
	*ret_event = event;
	return 0;
}
