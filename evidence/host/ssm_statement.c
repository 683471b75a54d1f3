/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_statement.h"

/* What follows the name of a plugin that is told its parameters. */
#define CONFIGURED " started with configuration"

/* A sentence is what stands before its subject and what stands after it; `read` checks
 * the subject and says whose run it is. */
struct sentence {
	struct slice before, after;
	bool (*read)(const struct ssm_line *line, struct slice subject,
		     struct ssm_statement *statement);
	enum run_stage stage;
};

/* [ssm-session-worker] [bob-0a1b2c3d4e5f60718] document: bob-0a1b2c3d4e5f60718 worker
 * started (agent/framework/processor/executer/outofproc/sessionworker/main.go,
 * worker/main.go) */
static bool read_worker_document(const struct ssm_line *line, struct slice subject,
				 struct ssm_statement *statement)
{
	return slice_equal(subject, ssm_document_of_contexts(line)) &&
	       ssm_id_of_contexts(line, &statement->id);
}

/* [ssm-agent-worker] [MessageService] [EngineProcessor] document
 * aws.ssm.11111111-2222-4333-8444-555555555555.i-0a1b2c3d4e5f60718 submission started
 * (agent/framework/processor/processor.go) */
static bool read_submission(const struct ssm_line *line, struct slice subject,
			    struct ssm_statement *statement)
{
	return ssm_line_is_last(line, SLICE("EngineProcessor")) &&
	       ssm_id_of_job(subject, &statement->id);
}

/* [ssm-session-worker] [bob-0a1b2c3d4e5f60718] [DataBackend] [pluginName=Port] Plugin
 * Port started (agent/session/plugins/port/port.go, shell/shell.go) */
static bool read_plugin(const struct ssm_line *line, struct slice subject,
			struct ssm_statement *statement)
{
	statement->plugin = subject;
	return ssm_is_plugin(subject) && ssm_id_of_contexts(line, &statement->id);
}

/* [ssm-document-worker] [11111111-2222-4333-8444-555555555555] [DataBackend]
 * [pluginName=aws:runShellScript] aws:runShellScript started with configuration {...};
 * some plugins put "Plugin " in front and no blank before the brace. The parameters stay
 * out. */
static bool read_configured_plugin(const struct ssm_line *line, struct slice subject,
				   struct ssm_statement *statement)
{
	ptrdiff_t end = slice_find(slice_first(subject, 128), SLICE(CONFIGURED));

	if (end < 0)
		return false;
	/* "aws:" belongs to the name where the sentence begins with it */
	if (slice_equal(statement->before, SLICE("aws:"))) {
		statement->before = slice_first(line->text, 0);
		end += 4;
	}
	statement->subject =
		slice_first(slice_skip(line->text, statement->before.len), (size_t)end);
	statement->after = SLICE(" started");
	statement->is_open_ended = true;
	return read_plugin(line, statement->subject, statement);
}

/* [ssm-session-worker] [bob-0a1b2c3d4e5f60718] Session worker closed */
static bool read_worker_closed(const struct ssm_line *line, struct slice subject,
			       struct ssm_statement *statement)
{
	return subject.len == 0 && ssm_document_of_contexts(line).len > 0 &&
	       ssm_id_of_contexts(line, &statement->id);
}

/* [ssm-agent-worker] [MessageService] [SessionProcessorWrapper] session:
 * bob-0a1b2c3d4e5f60718 complete */
static bool read_session_complete(const struct ssm_line *line, struct slice subject,
				  struct ssm_statement *statement)
{
	statement->id = (struct ssm_id){ .kind = RUN_SESSION, .id = subject };
	return line->context_count > 0 && ssm_is_session_id(subject);
}

/* [ssm-agent-worker] [MessageService] [CommandProcessorWrapper] command:
 * aws.ssm.11111111-2222-4333-8444-555555555555.i-0a1b2c3d4e5f60718 complete */
static bool read_command_complete(const struct ssm_line *line, struct slice subject,
				  struct ssm_statement *statement)
{
	return line->context_count > 0 && ssm_id_of_command_job(subject, &statement->id);
}

/* [ssm-agent-worker] [MessageService] [MGSInteractor] Parsing AgentMessage
 * 11111111-2222-4333-8444-555555555555, Payload: {...} */
static bool read_payload(const struct ssm_line *line, struct slice subject,
			 struct ssm_statement *statement)
{
	struct slice rest = subject;
	struct slice message;

	if (line->context_count == 0 || !slice_take_until(&rest, ',', &message) ||
	    !ssm_is_uuid(message) || !slice_take_prefix(&rest, SLICE(" Payload: ")))
		return false;
	statement->json = SSM_JSON_PAYLOAD;
	statement->json_text = rest;
	statement->is_open_ended = true;
	statement->before = SLICE("Payload");
	statement->subject = slice_first(rest, 0);
	return true;
}

/* [ssm-session-worker] [bob-0a1b2c3d4e5f60718] [DataBackend]
 * {"DocumentInformation":{...}...}
 * (agent/framework/processor/executer/outofproc/messaging/backend.go) */
static bool read_data_backend(const struct ssm_line *line, struct slice subject,
			      struct ssm_statement *statement)
{
	if (!ssm_line_is_last(line, SLICE("DataBackend")) ||
	    !ssm_id_of_contexts(line, &statement->id))
		return false;
	statement->json = SSM_JSON_DATA_BACKEND;
	statement->json_text = line->text;
	statement->is_open_ended = true;
	statement->before = SLICE("DataBackend");
	statement->subject = slice_first(subject, 0);
	return true;
}

static const struct sentence sentences[] = {
	{ SLICE("document: "), SLICE(" worker started"), read_worker_document,
	  RUN_STARTED },
	{ SLICE("document "), SLICE(" submission started"), read_submission,
	  RUN_STARTED },
	{ SLICE("document worker closed"), SLICE(""), read_worker_closed, RUN_ENDED },
	{ SLICE("Plugin "), SLICE(" started"), read_plugin, RUN_CONNECTED },
	{ SLICE("Plugin "), SLICE(""), read_configured_plugin, RUN_CONNECTED },
	{ SLICE("aws:"), SLICE(""), read_configured_plugin, RUN_CONNECTED },
	{ SLICE("Session worker closed"), SLICE(""), read_worker_closed, RUN_ENDED },
	{ SLICE("session: "), SLICE(" complete"), read_session_complete, RUN_ENDED },
	{ SLICE("command: "), SLICE(" complete"), read_command_complete, RUN_ENDED },
	{ SLICE("Parsing AgentMessage "), SLICE(""), read_payload, RUN_DESCRIBED },
	{ SLICE("{\"DocumentInformation\":"), SLICE(""), read_data_backend,
	  RUN_DESCRIBED },
};

#define SENTENCE_COUNT (sizeof(sentences) / sizeof(sentences[0]))

/* Consumes the sentence's frame around `*subject`. */
static bool take_frame(const struct sentence *sentence, struct slice *subject)
{
	struct slice rest = *subject;

	if (!slice_take_prefix(&rest, sentence->before) ||
	    !slice_take_suffix(&rest, sentence->after))
		return false;
	*subject = rest;
	return true;
}

bool ssm_statement_possible(struct slice text)
{
	/* the first bytes of the sentences above */
	static const bool begins[256] = {
		['d'] = true, ['P'] = true, ['S'] = true, ['s'] = true,
		['c'] = true, ['a'] = true, ['{'] = true,
	};

	if (text.len == 0 || !begins[(unsigned char)text.ptr[0]])
		return false;
	for (size_t i = 0; i < SENTENCE_COUNT; i++) {
		struct slice subject = text;

		if (take_frame(&sentences[i], &subject))
			return true;
	}
	return false;
}

bool ssm_statement_read(const struct ssm_line *line, struct ssm_statement *ret_statement)
{
	for (size_t i = 0; i < SENTENCE_COUNT; i++) {
		struct slice subject = line->text;
		struct ssm_statement statement;

		if (!take_frame(&sentences[i], &subject))
			continue;
		statement = (struct ssm_statement){
			.stage = sentences[i].stage,
			.before = sentences[i].before,
			.subject = subject,
			.after = sentences[i].after,
		};
		if (sentences[i].read(line, subject, &statement)) {
			*ret_statement = statement;
			return true;
		}
	}
	return false;
}
