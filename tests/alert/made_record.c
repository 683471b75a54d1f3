/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/alert/made_record.h"

#include <string.h>

static unsigned take_byte(struct made_record *made)
{
	unsigned byte;

	if (made->bytes.len == 0)
		return 0;
	byte = (unsigned char)made->bytes.ptr[0];
	made->bytes = slice_skip(made->bytes, 1);
	return byte;
}

static unsigned take_below(struct made_record *made, unsigned limit)
{
	unsigned low = take_byte(made);

	return (low | take_byte(made) << 8) % limit;
}

static bool take_bool(struct made_record *made)
{
	return take_byte(made) & 1;
}

static uint64_t take_number(struct made_record *made)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | take_byte(made);
	return number;
}

/* The next bytes over and over: mostly little, of a few up to the ceiling of a field. */
static struct slice take_text(struct made_record *made)
{
	static const unsigned ceilings[] = { 0, 0, 1, 1, 8, 8, 24, 60 };
	unsigned which = take_byte(made);
	bool is_long = which >= 254 && made->long_texts < MADE_LONG_TEXTS;
	unsigned ceiling = is_long ? LIMIT_FIELD_BYTES : ceilings[which % 8];
	size_t len = ceiling ? 1 + take_below(made, ceiling) : 0;
	size_t period = take_byte(made) % 32 + 1;
	struct slice pattern = slice_first(made->bytes, period);
	char *text;

	if (len == 0 || pattern.len == 0)
		return slice_text("");
	made->long_texts += is_long;
	text = arena_new(&made->arena, len);
	for (size_t i = 0; i < len; i++)
		text[i] = pattern.ptr[i % pattern.len];
	made->bytes = slice_skip(made->bytes, pattern.len);
	return slice_of(text, len);
}

static struct slice take_address(struct made_record *made)
{
	static const struct slice addresses[] = { SLICE("192.0.2.7"),
						  SLICE("2001:db8::7"),
						  SLICE("ssm.amazonaws.com") };
	unsigned which = take_below(made, 5);

	return which < 3 ? addresses[which] : take_text(made);
}

/* About now, or none, or anything that can be written as a date. */
static us_time take_time(struct made_record *made)
{
	const us_time year_10000 = INT64_C(253402300800) * US_PER_SECOND;

	switch (take_byte(made) % 8) {
	case 0:
		return US_TIME_NONE;
	case 1:
		return (us_time)(take_number(made) % (uint64_t)year_10000);
	default:
		return INT64_C(1769594400) * US_PER_SECOND + take_below(made, 60000);
	}
}

static struct id take_id(struct made_record *made)
{
	struct id id;

	for (int i = 0; i < ID_BYTES; i++)
		id.bytes[i] = (uint8_t)take_byte(made);
	return id;
}

static bool find_line(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	const struct made_record *made = ctx;

	*ret_text = made->lines[reference % MADE_TEXTS];
	return reference % 7 != 0;
}

static void make_context(struct made_record *made)
{
	static const struct slice providers[] = { SLICE("aws"), SLICE("azure"),
						  SLICE("gcp"), SLICE("") };

	made->context.instance = take_text(made);
	made->context.host = take_text(made);
	made->context.provider = providers[take_byte(made) % 4];
	made->context.account = take_text(made);
	made->context.region = take_text(made);
	for (int i = 0; i < MADE_TEXTS; i++) {
		made->lines[i].source = take_text(made);
		made->lines[i].cursor = take_text(made);
		made->lines[i].line = take_text(made);
	}
	for (size_t i = 0; i < LIMIT_LOGIN_EVIDENCE; i++)
		made->references[i] = i;
	if (take_byte(made) % 8)
		made->context.evidence = find_line;
	made->context.ctx = made;
}

static void make_call(struct made_record *made, struct event *event)
{
	struct api_call *call = &event->api_call;

	event->kind = EVENT_API_CALL;
	event->happened_at = take_time(made);
	call->id = take_text(made);
	call->action = take_below(made, API_ACTION_COUNT);
	/* The readers drop a call that has no name. */
	call->name = take_text(made);
	if (call->name.len == 0)
		call->name = SLICE("SendCommand");
	call->request_id = take_text(made);
	call->error_code = take_text(made);
	call->principal = take_text(made);
	call->access_key_id = take_text(made);
	call->session_issuer = take_text(made);
	call->source_ip = take_address(made);
	call->user_agent = take_text(made);
	call->invoked_by = take_text(made);
	call->mfa = take_byte(made) % 3;
	call->account = take_text(made);
	call->region = take_text(made);
}

static void make_login(struct made_record *made)
{
	struct login *login = &made->login;

	login->id = take_id(made);
	login->kind = take_byte(made) % LOGIN_KIND_COUNT;
	login->happened_at = INT64_C(1769594400) * US_PER_SECOND;
	login->ended_at = take_time(made);
	login->sudo_at = take_time(made);
	login->path = take_byte(made) % PATH_COUNT;
	login->through = take_byte(made) % PATH_COUNT;
	login->trust = take_byte(made) % TRUST_COUNT;
	login->pid = take_byte(made) * 256;
	login->source_port = (uint16_t)take_below(made, 65536);
	login->host = take_text(made);
	login->os_user = take_text(made);
	login->source_ip = take_address(made);
	login->tty = take_text(made);
	login->session_id = take_text(made);
	login->command_id = take_text(made);
	login->key_fingerprint = take_text(made);
	login->principal_hint = take_text(made);
	login->hint = take_bool(made) ? "a hint" : NULL;
	login->evidence = made->references;
	login->evidence_count = take_byte(made) % 9;
	login->evidence_cut = take_bool(made);
	login->correlation_id = take_text(made);
}

static const struct event *some_call(struct made_record *made)
{
	unsigned which = take_byte(made) % 4;

	return which < 3 ? &made->calls[which] : NULL;
}

static void make_verdict(struct made_record *made)
{
	struct verdict *verdict = &made->verdict;

	verdict->login = &made->login;
	verdict->verdict = take_byte(made) % VERDICT_COUNT;
	verdict->stage = take_byte(made) % STAGE_COUNT;
	verdict->reason_count = take_byte(made) % (VERDICT_REASONS_MAX + 1);
	for (int i = 0; i < VERDICT_REASONS_MAX; i++)
		verdict->reasons[i] = take_byte(made) % REASON_COUNT;
	verdict->api_call = some_call(made);
	verdict->matched = (uint32_t)take_number(made);
	verdict->through_api_call = some_call(made);
	verdict->through_matched = (uint32_t)take_number(made);
	verdict->reason_call = some_call(made);
	verdict->repeats = take_byte(made) % 8 == 0;
	verdict->policy_rule = take_bool(made) ? "a rule" : NULL;
}

static void make_observation(struct made_record *made)
{
	struct observation *observation = &made->observation;

	observation->kind = take_byte(made) % OBSERVATION_COUNT;
	observation->id = take_id(made);
	observation->happened_at = INT64_C(1769594400) * US_PER_SECOND;
	observation->is_over = take_bool(made);
	observation->reason = take_byte(made) % REASON_COUNT;
	observation->login = take_bool(made) ? &made->login : NULL;
	observation->api_call = some_call(made);
	observation->is_again = take_bool(made);
	observation->evidence = take_byte(made);
	observation->samples = made->references;
	observation->sample_count = take_byte(made) % LIMIT_FORGED_CLAIMS;
	observation->detail = take_text(made);
	observation->from = take_time(made);
	observation->until = take_time(made);
}

static void make_heartbeat(struct made_record *made)
{
	static const char *const sights[] = { "good", "lost", "none" };

	made->heartbeat.started_at = take_time(made);
	made->heartbeat.interval_us = take_below(made, 60000) * US_PER_SECOND;
	made->heartbeat.logins = take_byte(made);
	made->heartbeat.findings = take_byte(made);
	made->heartbeat.waiting = take_byte(made);
	made->heartbeat.sight = sights[take_byte(made) % 3];
}

void made_record_observe(struct made_record *made, enum observation_kind kind)
{
	made->observation.kind = kind;
	made->record.stream = ALERT_FINDINGS;
	made->record.verdict = NULL;
	made->record.heartbeat = NULL;
	made->record.observation = &made->observation;
}

static void make_record(struct made_record *made)
{
	struct alert_record *record = &made->record;

	record->stream = take_byte(made) % ALERT_STREAM_COUNT;
	record->activity = ALERT_CREATE + take_byte(made) % 3;
	record->number = take_number(made) >> 1;
	record->sequence = take_number(made) >> 1;
	record->told_at = INT64_C(1769594400) * US_PER_SECOND + take_byte(made);
	record->is_test = take_byte(made) % 8 == 0;
	record->context = &made->context;
	if (record->stream == ALERT_HEARTBEATS)
		record->heartbeat = &made->heartbeat;
	else if (record->stream == ALERT_FINDINGS && take_bool(made))
		record->observation = &made->observation;
	else
		record->verdict = &made->verdict;
}

void made_record_init(struct made_record *ret_made, struct slice bytes)
{
	memset(ret_made, 0, sizeof(*ret_made));
	arena_init(&ret_made->arena);
	ret_made->bytes = bytes;
	make_record(ret_made);
	make_verdict(ret_made);
	make_observation(ret_made);
	make_heartbeat(ret_made);
	make_login(ret_made);
	for (int i = 0; i < 3; i++)
		make_call(ret_made, &ret_made->calls[i]);
	make_context(ret_made);
}

void made_record_release(struct made_record *made)
{
	arena_release(&made->arena);
}
