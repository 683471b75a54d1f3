/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not known matters exactly where it matters: of many small policies that go by
 * tags, the answer without knowing the tags is the one that all instances would get,
 * whichever tags they had, and undecided where they would get different ones.
 */
#include "tests/support/check.h"
#include "tests/unit/policy/ask.h"

#define RULES_MAX 4
#define POLICIES 4000

/* The same numbers in every run (xorshift). */
struct numbers {
	uint64_t state;
};

static unsigned number_below(struct numbers *numbers, unsigned most)
{
	numbers->state ^= numbers->state << 13;
	numbers->state ^= numbers->state >> 7;
	numbers->state ^= numbers->state << 17;
	return (unsigned)(numbers->state >> 33) % most;
}

static const char *const tags[RULES_MAX] = { "a=1", "b=1", "c=1", "d=1" };

/* Every rule goes by a tag of its own, or by none. */
static void append_rule(struct numbers *numbers, unsigned index, struct buf *policy)
{
	static const char *const asks[] = { "principal = alice\n", "principal = bob\n",
					    "os_user = ssm-user\n", "os_user = root\n" };
	bool is_forbid = number_below(numbers, 4) == 0;

	buf_append_format(policy, "[%s r%u]\npath = %s\n", is_forbid ? "forbid" : "allow",
			  index, number_below(numbers, 8) ? "*" : "gcp-*");
	if (number_below(numbers, 2))
		buf_append_format(policy, "instance_tag = %s%s\n",
				  number_below(numbers, 3) ? "" : "!", tags[index]);
	for (size_t i = 0; i < COUNT_OF(asks); i++) {
		if (number_below(numbers, 3) == 0)
			buf_append_text(policy, asks[i]);
	}
}

static void make_policy(struct numbers *numbers, struct buf *policy)
{
	unsigned count = 1 + number_below(numbers, RULES_MAX);

	buf_clear(policy);
	buf_append_format(policy, "[policy]\notherwise = %s\n",
			  number_below(numbers, 2) ? "allow" : "refuse");
	if (number_below(numbers, 4) == 0)
		buf_append_text(policy, "direct_ssh = flag\n");
	for (unsigned i = 0; i < count; i++)
		append_rule(numbers, i, policy);
}

static enum policy_ruling ruling_of(const struct policy *policy, struct asked *asked)
{
	const char *text = ask_ruling(policy, asked);

	if (*text == 'a')
		return POLICY_ALLOWED;
	return *text == 'r' ? POLICY_REFUSED : POLICY_UNDECIDED;
}

/* Asks for every set of tags. */
static enum policy_ruling ruling_of_all(const struct policy *policy, struct asked asked)
{
	enum policy_ruling all = POLICY_ALLOWED, one;

	asked.has_tags = true;
	for (unsigned set = 0; set < 1u << RULES_MAX; set++) {
		size_t count = 0;

		memset(asked.tags, 0, sizeof(asked.tags));
		for (unsigned i = 0; i < RULES_MAX; i++) {
			if (set >> i & 1)
				asked.tags[count++] = tags[i];
		}
		one = ruling_of(policy, &asked);
		CHECK(one != POLICY_UNDECIDED);
		if (set && one != all)
			return POLICY_UNDECIDED;
		all = one;
	}
	return all;
}

static void check_policy(const char *text)
{
	struct asked asked[] = {
		{ .path = PATH_AWS_SSM_SESSION,
		  .os_user = "ssm-user",
		  .principal = "alice" },
		{ .path = PATH_AWS_SSM_COMMAND, .os_user = "root", .principal = "bob" },
		{ .path = PATH_DIRECT_SSH, .os_user = "root" },
	};
	struct policy *policy = ask_policy(text);

	for (size_t i = 0; policy && i < COUNT_OF(asked); i++)
		CHECK_INT(ruling_of(policy, &asked[i]), ruling_of_all(policy, asked[i]));
	policy_free(policy);
}

static void test_tags(void)
{
	AUTO_BUF struct buf policy = BUF_LIMIT(4096);
	struct numbers numbers = { 88172645463325252u };

	for (int i = 0; i < POLICIES; i++) {
		make_policy(&numbers, &policy);
		check_row(buf_text(&policy));
		check_policy(buf_text(&policy));
	}
	check_row(NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "tags", test_tags },
		{ NULL, NULL },
	};

	return check_run("policy/undecided", tests);
}
