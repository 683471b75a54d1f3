/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy and questions to it. The policy is what stands before the first line "---",
 * and what stands behind is the principal, source and document of the questions: what is
 * sound prints as something that is sound, prints as the same again, and answers as it
 * did. Seeds: tests/fuzz/corpus/fuzz_policy/.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define QUESTIONS 4

/* What a policy says to each of them, suppressions included. */
struct answers {
	struct policy_answer rulings[QUESTIONS];
	bool are_suppressed[QUESTIONS];
};

static void ask(const struct policy *policy, struct slice text, struct answers *answers)
{
	static const enum path paths[QUESTIONS] = {
		PATH_AWS_SSM_SESSION,
		PATH_GCP_OS_LOGIN,
		PATH_AZURE_VM_EXTENSION,
		PATH_DIRECT_SSH,
	};
	const struct correlator_policy asker = policy_for_correlator(policy);
	const struct event call = {
		.kind = EVENT_API_CALL,
		.api_call = { .principal = text,
			      .session_issuer = text,
			      .source_ip = text,
			      .document = text },
	};

	for (size_t i = 0; i < QUESTIONS; i++) {
		const struct login login = {
			.kind = LOGIN_EXTENSION,
			.path = paths[i],
			.happened_at = (us_time)i * 2 * US_PER_DAY,
			.os_user = text,
			.source_ip = text,
			.command_id = text,
			.sudo_at = US_TIME_NONE,
		};
		const struct policy_question question = {
			.login = &login,
			.path = paths[i],
			.call = paths[i] == PATH_DIRECT_SSH ? NULL : &call,
			.tags = &text,
			.tag_count = 1,
			.has_tags = i % 2,
		};
		const struct finding finding = {
			.rule = "new-principal",
			.path = paths[i],
			.login = &login,
			.api_call = question.call,
			.happened_at = login.happened_at,
		};

		asker.decide(asker.ctx, &question, &answers->rulings[i]);
		answers->are_suppressed[i] =
			policy_suppression(policy, &finding, NULL) != NULL;
	}
}

static bool take(struct slice text, struct slice asked, struct buf *printed,
		 struct answers *answers)
{
	struct policy *policy = NULL;
	struct err err;

	if (policy_read_text(text, "f", &policy, &err) < 0)
		return false;
	policy_print(policy, printed);
	ask(policy, asked, answers);
	policy_free(policy);
	return true;
}

/* But for the lines that the rules stand in. */
static void without_comments(struct slice text, struct buf *buf)
{
	struct slice line;

	while (slice_take_until(&text, '\n', &line)) {
		if (line.len && line.ptr[0] == '#')
			continue;
		buf_append(buf, line);
		buf_append_byte(buf, '\n');
	}
}

static void check_same(const struct answers *first, const struct answers *second)
{
	for (size_t i = 0; i < QUESTIONS; i++) {
		if (first->rulings[i].ruling != second->rulings[i].ruling ||
		    first->rulings[i].reason != second->rulings[i].reason ||
		    first->are_suppressed[i] != second->are_suppressed[i])
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf first = BUF_LIMIT(1 << 24), second = BUF_LIMIT(1 << 24);
	AUTO_BUF struct buf plain = BUF_LIMIT(1 << 24), again = BUF_LIMIT(1 << 24);
	struct answers answers = { .are_suppressed = { false } }, same = answers;
	struct slice asked = slice_of((const char *)data, size), text = asked;

	if (!slice_take_until_text(&asked, SLICE("\n---\n"), &text))
		asked = slice_text(NULL);
	if (!take(text, asked, &first, &answers))
		return 0;
	if (!take(buf_slice(&first), asked, &second, &same))
		abort();
	without_comments(buf_slice(&first), &plain);
	without_comments(buf_slice(&second), &again);
	if (!slice_equal(buf_slice(&plain), buf_slice(&again)))
		abort();
	check_same(&answers, &same);
	return 0;
}
