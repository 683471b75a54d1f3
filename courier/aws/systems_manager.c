/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/systems_manager.h"

#include "base/json.h"
#include "courier/answer.h"

/* Longest ids of the API: SessionId 96, CommandId 36. */
#define SESSION_ID_BYTES_MAX 96
#define COMMAND_ID_BYTES 36

static const char *const states[] = { "Active", "History" };

static bool is_letter_or_digit(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

/* "alice@example.com-0a1b2c3d4e5f60718", as the host's logs say it: not to be trusted. */
static bool is_session_id(struct slice id)
{
	if (id.len == 0 || id.len > SESSION_ID_BYTES_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		char byte = id.ptr[i];

		if (!is_letter_or_digit(byte) && (!byte || !strchr("_.@=+,-", byte)))
			return false;
	}
	return true;
}

/* "6b1d2f3a-0c4e-4f5a-8b6c-7d8e9fa0b1c2" */
static bool is_command_id(struct slice id)
{
	if (id.len != COMMAND_ID_BYTES)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? id.ptr[i] != '-' : !is_letter_or_digit(id.ptr[i]))
			return false;
	}
	return true;
}

static int finish(const struct ask_page *page, struct json_writer *writer,
		  struct err *err)
{
	if (page->token.len)
		json_put_text(writer, "NextToken", page->token);
	json_close_object(writer);
	if (buf_overflowed(writer->buf))
		return err_set(err, ERR_LIMIT, "the question is too long");
	return 0;
}

static int write_session(const struct ask_page *page, unsigned turn, struct buf *body,
			 struct err *err)
{
	struct json_writer writer;

	if (!is_session_id(page->value) || page->token.len)
		return err_set(err, ERR_USAGE, "that is no id of a session");
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "State", slice_text(states[turn]));
	json_open_array(&writer, "Filters");
	json_open_object(&writer, NULL);
	json_put_text(&writer, "key", SLICE("SessionId"));
	json_put_text(&writer, "value", page->value);
	json_close_object(&writer);
	json_close_array(&writer);
	return finish(page, &writer, err);
}

static int write_command(const struct ask_page *page, unsigned turn, struct buf *body,
			 struct err *err)
{
	struct json_writer writer;

	(void)turn;
	if (!is_command_id(page->value) || !answer_token_valid(page->token))
		return err_set(err, ERR_USAGE, "that is no id of a command");
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "CommandId", page->value);
	return finish(page, &writer, err);
}

/* An object with the named list and perhaps a token. */
static int read_list(struct slice body, const char *name, struct buf *token,
		     bool *ret_empty, struct err *err)
{
	struct answer_member members[] = {
		{ .name = name },
		{ .name = "NextToken" },
	};
	struct slice list;

	if (answer_read(body, members, 2, err) < 0)
		return -1;
	list = members[0].value;
	if (!slice_take_prefix(&list, SLICE("[")))
		return err_set(err, ERR_FORMAT, "it holds no list of %s", name);
	if (answer_token(members[1].value, token, err) < 0)
		return -1;
	*ret_empty = slice_find(list, SLICE("{")) < 0;
	return 0;
}

static int read_sessions(struct slice body, struct buf *token, bool *ret_empty,
			 struct err *err)
{
	AUTO_BUF struct buf unused = BUF_LIMIT(token->limit_bytes);

	/* an id has one session: there is no second page */
	return read_list(body, "Sessions", &unused, ret_empty, err);
}

static int read_commands(struct slice body, struct buf *token, bool *ret_empty,
			 struct err *err)
{
	return read_list(body, "Commands", token, ret_empty, err);
}

const struct aws_query query_session = {
	.service = "ssm",
	.target = "AmazonSSM.DescribeSessions",
	.permission = "ssm:DescribeSessions",
	.is_optional = true,
	.turns = sizeof(states) / sizeof(states[0]),
	.write = write_session,
	.read = read_sessions,
};

const struct aws_query query_command = {
	.service = "ssm",
	.target = "AmazonSSM.ListCommands",
	.permission = "ssm:ListCommands",
	.is_optional = true,
	.turns = 1,
	.nothing = "{\"Commands\":[]}",
	.write = write_command,
	.read = read_commands,
};
