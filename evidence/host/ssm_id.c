/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_id.h"

#define UUID_BYTES 36

static bool is_hexadecimal(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
	       (byte >= 'A' && byte <= 'F');
}

bool ssm_is_uuid(struct slice text)
{
	if (text.len != UUID_BYTES)
		return false;
	for (size_t i = 0; i < UUID_BYTES; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text.ptr[i] != '-' : !is_hexadecimal(text.ptr[i]))
			return false;
	}
	return true;
}

/* Printable, without blanks and brackets. */
static bool is_word(struct slice text, size_t max)
{
	if (text.len == 0 || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (byte <= ' ' || byte > '~' || byte == '[' || byte == ']')
			return false;
	}
	return true;
}

bool ssm_is_session_id(struct slice text)
{
	return is_word(text, SSM_SESSION_ID_BYTES_MAX);
}

bool ssm_is_instance(struct slice text)
{
	struct slice rest = text;

	if (slice_take_prefix(&rest, SLICE("ecs:")))
		return is_word(rest, SSM_CONTEXT_BYTES_MAX);
	if (!slice_take_prefix(&rest, SLICE("i-")) &&
	    !slice_take_prefix(&rest, SLICE("mi-")))
		return false;
	if (rest.len < 8 || rest.len > 17)
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if (!is_hexadecimal(rest.ptr[i]))
			return false;
	return true;
}

bool ssm_is_plugin(struct slice text)
{
	if (text.len == 0 || text.len > 64)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		bool letter =
			(byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
		bool digit = byte >= '0' && byte <= '9';

		if (!letter && !digit && byte != '_' && byte != ':' && byte != '-')
			return false;
	}
	return true;
}

/* "0a1b...-0a1b2c3d4e5f.2024-11-05T10-11-12.123Z": an association and the run of it. */
static bool take_association(struct slice document, struct slice *ret_association)
{
	const struct slice allowed = SLICE("0123456789-:.TZ");
	struct slice run = slice_skip(document, UUID_BYTES);

	if (!ssm_is_uuid(slice_first(document, UUID_BYTES)) ||
	    !slice_take_prefix(&run, SLICE(".")) || run.len == 0 || run.len > 40)
		return false;
	for (size_t i = 0; i < run.len; i++)
		if (!memchr(allowed.ptr, run.ptr[i], allowed.len))
			return false;
	*ret_association = slice_first(document, UUID_BYTES);
	return true;
}

static bool id_of_worker_document(struct slice document, struct ssm_id *ret_id)
{
	struct slice association;

	if (ssm_is_uuid(document))
		*ret_id = (struct ssm_id){ .kind = RUN_COMMAND, .id = document };
	else if (take_association(document, &association))
		*ret_id = (struct ssm_id){ .kind = RUN_ASSOCIATION, .id = association };
	else
		return false;
	return true;
}

static bool id_of_session(struct slice document, struct ssm_id *ret_id)
{
	if (!ssm_is_session_id(document))
		return false;
	*ret_id = (struct ssm_id){ .kind = RUN_SESSION, .id = document };
	return true;
}

/* aws.ssm.11111111-2222-4333-8444-555555555555.i-0a1b2c3d4e5f60718 */
bool ssm_id_of_command_job(struct slice job, struct ssm_id *ret_id)
{
	struct slice rest = job;
	struct slice command;

	if (!slice_take_prefix(&rest, SLICE("aws.ssm.")))
		return false;
	command = slice_first(rest, UUID_BYTES);
	rest = slice_skip(rest, UUID_BYTES);
	if (!ssm_is_uuid(command) || !slice_take_prefix(&rest, SLICE(".")) ||
	    !ssm_is_instance(rest))
		return false;
	*ret_id = (struct ssm_id){ .kind = RUN_COMMAND, .id = command, .instance = rest };
	return true;
}

bool ssm_id_of_job(struct slice job, struct ssm_id *ret_id)
{
	if (ssm_id_of_command_job(job, ret_id))
		return true;
	/* Never a session: what follows a session id's last dash has 17 or 26 characters.
	 */
	if (ssm_is_uuid(job)) {
		*ret_id = (struct ssm_id){ .kind = RUN_ASSOCIATION, .id = job };
		return true;
	}
	return id_of_session(job, ret_id);
}

static bool is_executer(struct slice context)
{
	return slice_equal(context, SLICE("BasicExecuter")) ||
	       slice_equal(context, SLICE("OutOfProcExecuter"));
}

/* Position of the context that is a document id; context_count when there is none. */
static unsigned document_position(const struct ssm_line *line, bool *ret_of_session)
{
	unsigned first = ssm_line_first(line);
	unsigned count = line->context_count;

	*ret_of_session = false;
	if (first + 1 >= count)
		return count;
	if (slice_equal(line->contexts[first], SLICE("ssm-document-worker")))
		return first + 1;
	if (slice_equal(line->contexts[first], SLICE("ssm-session-worker"))) {
		*ret_of_session = true;
		return first + 1;
	}
	for (unsigned i = first; i + 1 < count; i++)
		if (is_executer(line->contexts[i]))
			return i + 1;
	return count;
}

struct slice ssm_document_of_contexts(const struct ssm_line *line)
{
	bool of_session;
	unsigned position = document_position(line, &of_session);

	return position < line->context_count ? line->contexts[position]
					      : slice_of(NULL, 0);
}

bool ssm_id_of_contexts(const struct ssm_line *line, struct ssm_id *ret_id)
{
	struct slice instance = ssm_line_value(line, SLICE("instanceID="));
	struct slice association = ssm_line_value(line, SLICE("associationId="));
	struct slice message = ssm_line_value(line, SLICE("messageID="));
	bool of_session;
	unsigned position = document_position(line, &of_session);
	struct slice document = position < line->context_count ? line->contexts[position]
							       : slice_of(NULL, 0);

	if (of_session) {
		if (!id_of_session(document, ret_id))
			return false;
	} else if (ssm_is_uuid(association)) {
		*ret_id = (struct ssm_id){ .kind = RUN_ASSOCIATION, .id = association };
	} else if (document.len > 0) {
		/* only an executer's document may also be a session */
		if (!id_of_worker_document(document, ret_id) &&
		    (!is_executer(line->contexts[position - 1]) ||
		     !id_of_session(document, ret_id)))
			return false;
	} else if (!ssm_id_of_command_job(message, ret_id)) {
		return false;
	}
	if (ret_id->instance.len == 0 && ssm_is_instance(instance))
		ret_id->instance = instance;
	return true;
}
