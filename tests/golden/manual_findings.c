/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "alert/advice.h"
#include "tests/golden/manual_parts.h"

/* ---- which verdicts there are ------------------------------------------------------ */

static struct verdict unauthorized_for(const struct login *login, enum reason reason)
{
	return (struct verdict){
		.login = login,
		.verdict = VERDICT_UNAUTHORIZED,
		.stage = STAGE_FINAL,
		.reasons = { reason },
		.reason_count = 1,
	};
}

/* The finding of a login that is unauthorized for this reason; false when none is. */
static bool finding_for(enum reason reason, struct finding *ret_finding)
{
	struct login login = { .happened_at = 0 };
	const struct verdict verdict = unauthorized_for(&login, reason);

	return finding_from_verdict(&verdict, ret_finding);
}

void manual_each_rule(manual_take_rule *take, struct buf *buf)
{
	const char *seen[REASON_COUNT] = { NULL };
	size_t count = 0;
	struct finding finding;

	for (size_t i = 0; i < REASON_COUNT; i++) {
		bool is_new = finding_for((enum reason)i, &finding);

		/* One of several reasons: it is told where its first one is. */
		for (size_t k = 0; k < count; k++)
			is_new = is_new && strcmp(seen[k], finding.rule) != 0;
		if (!is_new)
			continue;
		seen[count++] = finding.rule;
		take(&finding, buf);
	}
	for (size_t i = 0; i < OBSERVATION_COUNT; i++) {
		const struct observation observation = {
			.kind = (enum observation_kind)i,
		};

		finding_from_observation(&observation, &finding);
		take(&finding, buf);
	}
}

/* ---- rows -------------------------------------------------------------------------- */

/* Of an observation its own, of a verdict NULL: that is its reason's. */
static const char *advice_for_rule(const char *rule)
{
	for (size_t i = 0; i < OBSERVATION_COUNT; i++) {
		const struct observation observation = {
			.kind = (enum observation_kind)i,
		};

		if (strcmp(observation_word(observation.kind), rule) == 0)
			return advice_for_observation(&observation);
	}
	return NULL;
}

static void append_finding(const struct finding *finding, struct buf *buf)
{
	const char *advice = advice_for_rule(finding->rule);

	buf_append_format(buf, "| `%s` | %s | %s | %s | %s |\n", finding->rule,
			  severity_word(finding->severity),
			  finding->technique ? finding->technique : "", finding->title,
			  advice ? advice : "By its [reasons](#reasons).");
}

void manual_append_findings(struct buf *buf)
{
	buf_append_text(buf, "| rule | severity | ATT&CK | what happened | what to do |\n"
			     "|---|---|---|---|---|\n");
	manual_each_rule(append_finding, buf);
}

/* NULL where it has none of its own. */
static const char *advice_for_reason(enum reason reason)
{
	struct login login = { .happened_at = 0 };
	struct verdict verdict = unauthorized_for(&login, reason);
	const char *advice = advice_for_verdict(&verdict);

	verdict.verdict = VERDICT_UNVERIFIABLE;
	return strcmp(advice, advice_for_verdict(&verdict)) == 0 ? advice : NULL;
}

/* False for the reasons that name no rule: a login that is unauthorized for one of these
 * is told as one for which there is no call. */
static bool has_rule(enum reason reason, struct finding *ret_finding)
{
	struct finding usual;

	return finding_for(reason, ret_finding) &&
	       finding_for(REASON_NO_API_CALL, &usual) &&
	       (reason == REASON_NO_API_CALL ||
		strcmp(usual.rule, ret_finding->rule) != 0);
}

void manual_append_reason_advice(struct buf *buf)
{
	buf_append_text(buf, "| reason | finding | means | what to do |\n"
			     "|---|---|---|---|\n");
	for (size_t i = 0; i < REASON_COUNT; i++) {
		enum reason reason = (enum reason)i;
		const char *advice = advice_for_reason(reason);
		struct finding finding;

		buf_append_format(buf, "| `%s` | ", reason_word(reason));
		if (has_rule(reason, &finding))
			buf_append_format(buf, "`%s`", finding.rule);
		buf_append_format(buf, " | %s | %s |\n", reason_text(reason),
				  advice ? advice : "By the verdict.");
	}
}

void manual_append_verdict_advice(struct buf *buf)
{
	buf_append_text(buf, "| verdict | means | what to do |\n|---|---|---|\n");
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		const struct verdict verdict = { .verdict = (enum verdict_kind)i };

		buf_append_format(
			buf, "| `%s` | %s | %s |\n", verdict_word(verdict.verdict),
			verdict_text(verdict.verdict), advice_for_verdict(&verdict));
	}
}

/* ---- where a door changes what a reason means -------------------------------------- */

static void append_at_door(enum path path, enum reason reason, struct buf *buf)
{
	static const enum verdict_kind kinds[] = { VERDICT_UNAUTHORIZED,
						   VERDICT_UNVERIFIABLE };
	struct login anywhere = { .path = PATH_NONE }, here = { .path = path };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct verdict verdict = unauthorized_for(&anywhere, reason);
		const char *usual, *advice;

		verdict.verdict = kinds[i];
		usual = advice_for_verdict(&verdict);
		verdict.login = &here;
		advice = advice_for_verdict(&verdict);
		if (strcmp(usual, advice) != 0)
			buf_append_format(buf, "| `%s` | `%s` | `%s` | %s |\n",
					  path_word(path), verdict_word(kinds[i]),
					  reason_word(reason), advice);
	}
}

void manual_append_door_advice(struct buf *buf)
{
	buf_append_text(buf, "| door | verdict | reason | what to do |\n"
			     "|---|---|---|---|\n");
	for (size_t path = 0; path < PATH_COUNT; path++) {
		for (size_t i = 0; i < REASON_COUNT; i++)
			append_at_door((enum path)path, (enum reason)i, buf);
	}
}
