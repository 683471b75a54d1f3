/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"

#include "alert/advice.h"
#include "base/json.h"
#include "base/limits.h"
#include "cli/explain_text.h"

/* What a beginning of an id stands for. A finding made of a verdict stands for its login.
 */
struct target {
	struct slice wanted;
	unsigned count; /* different things found */
	struct id id;	/* of the last one found */
	bool is_login;
	const struct observation
		*observation; /* when it is no login; lives in the judge */
};

struct output {
	const struct report *report;
	const struct judge *judge;
	struct buf text; /* of one line */
};

struct text_output {
	const struct judge *judge;
	struct explain_text text;
};

static bool is_same_id(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static void found(struct target *target, const struct id *id,
		  const struct observation *observation)
{
	bool is_login = !observation;

	if (target->count && target->is_login == is_login && is_same_id(&target->id, id))
		return;
	target->count++;
	target->id = *id;
	target->is_login = is_login;
	target->observation = observation;
}

static void look_at_login(void *ctx, const struct verdict *verdict)
{
	struct target *target = ctx;

	if (id_has_prefix(&verdict->login->id, target->wanted))
		found(target, &verdict->login->id, NULL);
}

static void look_at_finding(void *ctx, const struct finding *finding)
{
	struct target *target = ctx;

	if (!id_has_prefix(&finding->id, target->wanted))
		return;
	if (finding->verdict)
		found(target, &finding->login->id, NULL);
	else
		found(target, &finding->id, finding->observation);
}

static int find_target(const struct judge *judge, struct slice wanted,
		       struct target *ret_target, struct err *err)
{
	struct target target = { .wanted = wanted };

	judge_each_login(judge, look_at_login, &target);
	judge_each_finding(judge, look_at_finding, &target);
	if (target.count == 0)
		return err_set(err, ERR_MISSING, "no login or finding has the id '%.*s'",
			       SLICE_ARG(wanted));
	if (target.count > 1)
		return err_set(
			err, ERR_MISSING,
			"the ids of %u logins and findings begin with '%.*s': give "
			"more digits",
			target.count, SLICE_ARG(wanted));
	*ret_target = target;
	return 0;
}

static void write_line(struct output *output)
{
	buf_append_byte(&output->text, '\n');
	report_write(output->report, &output->text);
}

static void put_json_step(void *ctx, const struct reasoning *reasoning)
{
	struct output *output = ctx;
	struct json_writer writer, *json = &writer;

	json_begin(json, &output->text);
	json_open_object(json, NULL);
	json_put_text(json, "type", SLICE("step"));
	json_put_text(json, "rule", slice_text(reasoning->rule));
	json_put_bool(json, "held", reasoning->held);
	json_put_text(json, "why", slice_text(reasoning->why));
	json_put_text_or_null(json, "api_call_id",
			      reasoning->api_call ? reasoning->api_call->api_call.id
						  : (struct slice){ NULL, 0 });
	json_close_object(json);
	write_line(output);
}

static void put_json_login(void *ctx, const struct verdict *verdict)
{
	struct output *output = ctx;

	native_append_login(&output->text, verdict, output->report->context);
	write_line(output);
}

static void put_json_finding(void *ctx, const struct verdict *verdict)
{
	struct output *output = ctx;
	struct finding finding;

	if (!finding_from_verdict(verdict, &finding))
		return;
	judge_suppress(output->judge, &finding);
	native_append_finding(&output->text, &finding, output->report->context);
	write_line(output);
}

static void ignore_step(void *ctx, const struct reasoning *reasoning)
{
	(void)ctx;
	(void)reasoning;
}

static void print_json(const struct report *report, const struct judge *judge,
		       const struct target *target)
{
	const struct correlator *correlator = judge->correlator;
	struct output output = {
		.report = report,
		.judge = judge,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	struct finding finding;

	if (target->is_login) {
		correlator_explain(correlator, &target->id, ignore_step, put_json_login,
				   &output);
		correlator_explain(correlator, &target->id, put_json_step,
				   put_json_finding, &output);
	} else {
		finding_from_observation(target->observation, &finding);
		judge_suppress(judge, &finding);
		native_append_finding(&output.text, &finding, report->context);
		write_line(&output);
	}
	buf_release(&output.text);
}

/* ---- as text ---------------------------------------------------------------------- */

static void put_text_login(void *ctx, const struct verdict *verdict)
{
	struct text_output *output = ctx;

	explain_text_put_login(&output->text, verdict->login);
}

static void put_text_step(void *ctx, const struct reasoning *reasoning)
{
	struct text_output *output = ctx;

	explain_text_put_step(&output->text, reasoning);
}

static void put_text_verdict(void *ctx, const struct verdict *verdict)
{
	struct text_output *output = ctx;
	struct explain_text *text = &output->text;
	struct finding finding;
	AUTO_BUF struct buf command = BUF_LIMIT(512);
	struct explain_next next = { .advice = advice_for_verdict(verdict) };

	if (verdict->verdict == VERDICT_UNAUTHORIZED &&
	    advice_contain(verdict->login, verdict->api_call, &command))
		next.command = buf_slice(&command);
	explain_text_put_verdict(text, verdict);
	if (finding_from_verdict(verdict, &finding)) {
		judge_suppress(output->judge, &finding);
		explain_text_put_finding(text, &finding, "");
	}
	explain_text_put_next(text, &next);
}

static void put_text_observation(struct text_output *output,
				 const struct observation *observation)
{
	struct explain_text *text = &output->text;
	AUTO_BUF struct buf command = BUF_LIMIT(512);
	struct explain_next next = { .advice = advice_for_observation(observation) };
	struct finding finding;

	if (advice_contain(observation->login, observation->api_call, &command))
		next.command = buf_slice(&command);
	finding_from_observation(observation, &finding);
	judge_suppress(output->judge, &finding);
	explain_text_put_finding(text, &finding, "");
	explain_text_put_observation(text, observation);
	if (observation->login)
		explain_text_put_login(text, observation->login);
	explain_text_put_next(text, &next);
}

/* The correlator tells the verdict last, people want to know first what it is about: it
 * is asked twice. */
static void print_text(const struct report *report, const struct judge *judge,
		       const struct target *target)
{
	const struct correlator *correlator = judge->correlator;
	struct text_output output = { .judge = judge };

	explain_text_begin(&output.text, report);
	if (target->is_login) {
		correlator_explain(correlator, &target->id, ignore_step, put_text_login,
				   &output);
		correlator_explain(correlator, &target->id, put_text_step,
				   put_text_verdict, &output);
	} else {
		put_text_observation(&output, target->observation);
	}
	explain_text_release(&output.text);
}

int explain_print(const struct report *report, const struct explain_request *request,
		  struct err *err)
{
	const struct judge *judge = request->judge;
	struct target target;

	if (find_target(judge, request->id, &target, err) < 0)
		return -1;
	if (request->json)
		print_json(report, judge, &target);
	else
		print_text(report, judge, &target);
	return 0;
}
