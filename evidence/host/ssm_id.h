/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The ids of the SSM agent: which session, command or association a document id, a job id
 * or a line's contexts name. All slices point into what was given.
 */
#include "correlator/event.h"
#include "evidence/host/ssm_line.h"

/* API: StartSession's SessionId is 1 to 96 characters. */
#define SSM_SESSION_ID_BYTES_MAX 96

struct ssm_id {
	enum run_kind kind;
	struct slice id;
	struct slice instance; /* empty where the text names none */
};

/* 8-4-4-4-12 hexadecimal digits. */
bool ssm_is_uuid(struct slice text);

/* 1 to 96 printable bytes without blanks and brackets. The owner's part in front is an
 * IAM user or role session name and may hold ".@_=+,-"; the agent does not look closer
 * either. */
bool ssm_is_session_id(struct slice text);

/* "i-..." or "mi-..." with 8 to 17 hexadecimal digits, or "ecs:" and a target. */
bool ssm_is_instance(struct slice text);

/* A plugin's name: "Standard_Stream", "aws:runShellScript" ... */
bool ssm_is_plugin(struct slice text);

/* A job id as the document processor writes it: "aws.ssm.<command>.<instance>", the bare
 * id of an association (agent/framework/processor/processor.go, getJobId), else a session
 * id. */
bool ssm_id_of_job(struct slice job, struct ssm_id *ret_id);

/* Only the first of these forms. */
bool ssm_id_of_command_job(struct slice job, struct ssm_id *ret_id);

/* What a line's contexts say it is about: "[ssm-session-worker] [<id>]",
 * "[ssm-document-worker]
 * [<command>]" or "[<association>.<run>]" (agent/association/parser/parser.go), an
 * executer in the agent's own process, "[associationId=...]", "[messageID=...]". */
bool ssm_id_of_contexts(const struct ssm_line *line, struct ssm_id *ret_id);

/* The document id that stands in the contexts, as it is written there; empty when none.
 */
struct slice ssm_document_of_contexts(const struct ssm_line *line);
