/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/login_row.h"

/* ---- members ---------------------------------------------------------------------- */

static struct slice copy(const json_t *json, const char *key, struct arena *arena)
{
	return arena_copy(arena, json_text_at(json, key));
}

static const char *copy_text(const json_t *json, const char *key, struct arena *arena)
{
	struct slice text = copy(json, key, arena);

	return text.len ? text.ptr : "";
}

static us_time time_at(const json_t *json, const char *key)
{
	us_time time;

	return time_from_rfc3339(json_text_at(json, key), &time) ? time : US_TIME_NONE;
}

static uint32_t number_at(const json_t *json, const char *key, uint32_t max)
{
	const json_t *value = json_at(json, key);
	json_int_t number = json_integer_value(value);

	return number > 0 && number <= (json_int_t)max ? (uint32_t)number : 0;
}

static bool digit_of(char byte, uint8_t *ret_digit)
{
	if (byte >= '0' && byte <= '9')
		*ret_digit = (uint8_t)(byte - '0');
	else if (byte >= 'a' && byte <= 'f')
		*ret_digit = (uint8_t)(byte - 'a' + 10);
	else
		return false;
	return true;
}

static bool id_at(const json_t *json, const char *key, struct id *ret_id)
{
	struct slice text = json_text_at(json, key);
	uint8_t high, low;

	if (text.len != (size_t)2 * ID_BYTES)
		return false;
	for (size_t i = 0; i < ID_BYTES; i++) {
		if (!digit_of(text.ptr[2 * i], &high) ||
		    !digit_of(text.ptr[2 * i + 1], &low))
			return false;
		ret_id->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Which of `count` words `text` is, -1 for none of them. */
static int word_number(struct slice text, const char *(*word_of)(int number), int count)
{
	for (int i = 0; i < count; i++) {
		if (slice_equal(text, slice_text(word_of(i))))
			return i;
	}
	return -1;
}

static const char *path_of(int number)
{
	return path_word((enum path)number);
}

static const char *verdict_of(int number)
{
	return verdict_word((enum verdict_kind)number);
}

static const char *stage_of(int number)
{
	return stage_word((enum stage)number);
}

static const char *reason_of(int number)
{
	return reason_word((enum reason)number);
}

static const char *matched_of(int number)
{
	return matched_word((enum matched)number);
}

static const char *trust_of(int number)
{
	return trust_word((enum trust)number);
}

static const char *severity_of(int number)
{
	return severity_word((enum severity)number);
}

/* ---- the parts -------------------------------------------------------------------- */

static enum tristate tristate_at(const json_t *json, const char *key)
{
	const json_t *value = json_at(json, key);

	if (!json_is_boolean(value))
		return TRISTATE_UNKNOWN;
	return json_is_true(value) ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static uint32_t read_matched(const json_t *words)
{
	uint32_t matched = 0;

	for (size_t i = 0; i < json_array_size(words); i++) {
		int number = word_number(json_slice(json_array_get(words, i)), matched_of,
					 MATCHED_COUNT);

		if (number >= 0)
			matched |= UINT32_C(1) << number;
	}
	return matched;
}

bool call_row_read(const json_t *json, struct arena *arena, struct event *event,
		   uint32_t *ret_matched)
{
	if (!json_is_object(json))
		return false;
	*ret_matched = read_matched(json_at(json, "matched_on"));
	*event = (struct event){
		.kind = EVENT_API_CALL,
		.happened_at = time_at(json, "time"),
		.api_call = {
			.id = copy(json, "id", arena),
			.name = copy(json, "name", arena),
			.request_id = copy(json, "request_id", arena),
			.error_code = copy(json, "error_code", arena),
			.principal = copy(json, "principal", arena),
			.access_key_id = copy(json, "access_key_id", arena),
			.session_issuer = copy(json, "session_issuer", arena),
			.source_ip = copy(json, "source_ip", arena),
			.user_agent = copy(json, "user_agent", arena),
			.invoked_by = copy(json, "invoked_by", arena),
			.mfa = tristate_at(json, "mfa"),
			.account = copy(json, "account", arena),
			.region = copy(json, "region", arena),
			.serial_port = -1,
		},
	};
	/* Texts that name a call must have its time. */
	return event->happened_at != US_TIME_NONE;
}

static void read_evidence(const json_t *lines, struct arena *arena, struct login_row *row)
{
	size_t count = json_array_size(lines);
	uint64_t *references;

	if (count > LIMIT_LOGIN_EVIDENCE) {
		count = LIMIT_LOGIN_EVIDENCE;
		row->login.evidence_cut = true;
	}
	row->texts = arena_new(arena, count * sizeof(*row->texts));
	references = arena_new(arena, count * sizeof(*references));
	for (size_t i = 0; i < count; i++) {
		const json_t *line = json_array_get(lines, i);

		row->texts[i] = (struct evidence_text){
			.source = copy(line, "source", arena),
			.cursor = copy(line, "cursor", arena),
			.line = copy(line, "line", arena),
		};
		references[i] = i + 1;
	}
	row->login.evidence = references;
	row->login.evidence_count = (uint32_t)count;
}

/* What the row's path and ids say, for the row does not say it: what contains it depends
 * on it. */
static enum login_kind kind_of(const struct login *login)
{
	static const struct {
		enum path path;
		enum login_kind kind;
	} kinds[] = {
		{ PATH_AWS_SSM_ASSOCIATION, LOGIN_ASSOCIATION },
		{ PATH_AWS_USER_DATA, LOGIN_SCRIPT },
		{ PATH_GCP_STARTUP_SCRIPT, LOGIN_SCRIPT },
		{ PATH_GCP_OS_CONFIG, LOGIN_SCRIPT },
		{ PATH_AZURE_RUN_COMMAND, LOGIN_EXTENSION },
		{ PATH_AZURE_VM_EXTENSION, LOGIN_EXTENSION },
	};

	if (login->session_id.len)
		return LOGIN_SESSION;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (login->path == kinds[i].path)
			return kinds[i].kind;
	if (login->command_id.len)
		return LOGIN_COMMAND;
	return login->tty.len && !login->source_ip.len ? LOGIN_CONSOLE : LOGIN_SSH;
}

static int read_path(const json_t *json, const char *key, enum path *ret_path,
		     struct err *err)
{
	int number = word_number(json_text_at(json, key), path_of, PATH_COUNT);

	if (number < 0)
		return err_set(err, ERR_FORMAT, "a row of the agent has an unknown %s",
			       key);
	*ret_path = (enum path)number;
	return 0;
}

/* The members that logins and findings share. */
static int read_door(const json_t *json, struct arena *arena, struct login_row *row,
		     struct err *err)
{
	struct login *login = &row->login;
	int trust = word_number(json_text_at(json, "trust"), trust_of, TRUST_COUNT);

	*login = (struct login){
		.happened_at = time_at(json, "time"),
		.ended_at = time_at(json, "ended"),
		.sudo_at = time_at(json, "sudo_at"),
		.trust = trust < 0 ? TRUST_UNVERIFIED : (enum trust)trust,
		.pid = number_at(json, "pid", UINT32_MAX),
		.source_port = (uint16_t)number_at(json, "source_port", UINT16_MAX),
		.host = copy(json, "host", arena),
		.os_user = copy(json, "os_user", arena),
		.source_ip = copy(json, "source_ip", arena),
		.tty = copy(json, "tty", arena),
		.session_id = copy(json, "session_id", arena),
		.command_id = copy(json, "command_id", arena),
		.key_fingerprint = copy(json, "key_fingerprint", arena),
		.principal_hint = copy(json, "principal_hint", arena),
		.hint = copy_text(json, "hint", arena),
		.evidence_cut = json_is_true(json_at(json, "evidence_cut")),
	};
	row->instance = copy(json, "instance", arena);
	if (login->happened_at == US_TIME_NONE)
		return err_set(err, ERR_FORMAT, "a row of the agent has no time");
	if (read_path(json, "path", &login->path, err) < 0 ||
	    read_path(json, "through", &login->through, err) < 0)
		return -1;
	login->kind = kind_of(login);
	read_evidence(json_at(json, "evidence"), arena, row);
	return 0;
}

static void read_reasons(const json_t *words, struct verdict *verdict)
{
	for (size_t i = 0; i < json_array_size(words); i++) {
		int number = word_number(json_slice(json_array_get(words, i)), reason_of,
					 REASON_COUNT);

		if (number >= 0 && verdict->reason_count < VERDICT_REASONS_MAX)
			verdict->reasons[verdict->reason_count++] = (enum reason)number;
	}
}

static int read_verdict(const json_t *json, struct arena *arena, struct login_row *row,
			struct err *err)
{
	struct verdict *verdict = &row->verdict;
	int kind = word_number(json_text_at(json, "verdict"), verdict_of, VERDICT_COUNT);
	int stage = word_number(json_text_at(json, "stage"), stage_of, STAGE_COUNT);

	if (kind < 0 || stage < 0)
		return err_set(err, ERR_FORMAT,
			       "a login of the agent has an unknown "
			       "verdict");
	*verdict = (struct verdict){
		.login = &row->login,
		.verdict = (enum verdict_kind)kind,
		.stage = (enum stage)stage,
		.policy_rule = copy_text(json, "policy_rule", arena),
	};
	read_reasons(json_at(json, "reasons"), verdict);
	if (call_row_read(json_at(json, "api_call"), arena, &row->api_call,
			  &verdict->matched))
		verdict->api_call = &row->api_call;
	if (call_row_read(json_at(json, "through_api_call"), arena,
			  &row->through_api_call, &verdict->through_matched))
		verdict->through_api_call = &row->through_api_call;
	return 0;
}

/* ---- rows ------------------------------------------------------------------------- */

int login_row_read(const json_t *json, struct arena *arena, struct login_row *row,
		   struct err *err)
{
	struct id id;

	if (!id_at(json, "id", &id))
		return err_set(err, ERR_FORMAT, "a login of the agent has no id");
	if (read_door(json, arena, row, err) < 0 ||
	    read_verdict(json, arena, row, err) < 0)
		return -1;
	row->login.id = id;
	return 0;
}

/* Who suppresses it, where anybody does. */
static void read_suppression(const json_t *json, struct arena *arena,
			     struct finding_row *row)
{
	if (!json_is_object(json))
		return;
	row->suppression = (struct suppression){
		.name = copy_text(json, "by", arena),
		.reason = copy_text(json, "reason", arena),
		.until = time_at(json, "until"),
	};
	row->finding.suppression = &row->suppression;
}

int finding_row_read(const json_t *json, struct arena *arena, struct finding_row *row,
		     struct err *err)
{
	int severity =
		word_number(json_text_at(json, "severity"), severity_of, SEVERITY_COUNT);
	struct finding *finding = &row->finding;
	uint32_t matched;

	*finding = (struct finding){ .observation = &row->observation };
	if (!id_at(json, "id", &finding->id))
		return err_set(err, ERR_FORMAT, "a finding of the agent has no id");
	if (severity < 0)
		return err_set(err, ERR_FORMAT, "a finding of the agent has no severity");
	if (read_door(json, arena, &row->login, err) < 0)
		return -1;
	row->has_login = id_at(json, "login_id", &row->login_id);
	row->login.login.id = row->login_id;
	row->host = row->login.login.host;
	row->next = copy_text(json, "next", arena);
	row->contain = copy(json, "contain", arena);
	row->login.verdict.policy_rule = copy_text(json, "policy_rule", arena);
	if (json_is_false(json_at(json, "open"))) {
		/* What was observed has a detail, be it null. */
		row->is_over = json_object_get(json, "detail") != NULL;
		row->is_withdrawn = !row->is_over;
	}
	read_suppression(json_at(json, "suppressed"), arena, row);
	finding->rule = copy_text(json, "rule", arena);
	finding->title = copy_text(json, "title", arena);
	finding->severity = (enum severity)severity;
	finding->happened_at = row->login.login.happened_at;
	finding->path = row->login.login.path;
	if (row->has_login)
		finding->login = &row->login.login;
	if (call_row_read(json_at(json, "api_call"), arena, &row->login.api_call,
			  &matched))
		finding->api_call = &row->login.api_call;
	row->observation = (struct observation){
		.id = finding->id,
		.happened_at = finding->happened_at,
		.api_call = finding->api_call,
		.evidence = !row->has_login && row->login.login.evidence_count ? 1 : 0,
		.detail = copy(json, "detail", arena),
		.from = time_at(json, "from"),
		.until = time_at(json, "until"),
	};
	if (row->observation.evidence) {
		row->observation.samples = row->login.login.evidence + 1;
		row->observation.sample_count = row->login.login.evidence_count - 1;
	}
	return 0;
}

bool finding_row_is_news(const struct finding_row *row)
{
	return !row->is_withdrawn && !row->finding.suppression;
}

bool login_row_evidence(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	const struct login_row *row = ctx;

	if (reference == 0 || reference > row->login.evidence_count)
		return false;
	*ret_text = row->texts[reference - 1];
	return true;
}
