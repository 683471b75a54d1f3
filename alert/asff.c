/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Security Finding Format (schema 2018-10-08), one AwsSecurityFinding as
 * BatchImportFindings takes it. Security Hub takes findings only in the name of an AWS
 * account: of a host of another cloud, or of one whose account is not known, AwsAccountId
 * is twelve zeros and the ARN's region NO_REGION, for whoever imports it to replace;
 * where the host is, is in ProductFields. Lengths and counts are those of the API
 * reference.
 */
#include "alert/facts.h"
#include "alert/formats.h"
#include "alert/ocsf_words.h"
#include "alert/text.h"

#define SCHEMA_VERSION "2018-10-08"
#define NO_ACCOUNT "000000000000"
#define NO_REGION "us-east-1"

#define ACCOUNT_DIGITS 12
#define REGION_BYTES 16
#define ID_BYTES_MAX 512
#define TITLE_BYTES 256
#define DESCRIPTION_BYTES 1024
#define REMEDIATION_BYTES 512
#define MESSAGE_BYTES 8192

/* ---- where ---------------------------------------------------------------------------
 */

/* Letters, digits and '-' as regions and instance ids have: what goes into an ARN. */
static bool is_plain(struct slice text, size_t longest)
{
	if (text.len == 0 || text.len > longest)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') &&
		    byte != '-')
			return false;
	}
	return true;
}

static bool is_account(struct slice text)
{
	uint64_t number;

	return text.len == ACCOUNT_DIGITS && slice_number(text, UINT64_MAX, &number);
}

static bool is_in_aws(const struct alert_view *view)
{
	return view->cloud == CLOUD_AWS && is_account(view->account) &&
	       is_plain(view->region, REGION_BYTES);
}

static const char *partition_of(const struct alert_view *view)
{
	if (is_in_aws(view) && slice_starts_with(view->region, SLICE("cn-")))
		return "aws-cn";
	if (is_in_aws(view) && slice_starts_with(view->region, SLICE("us-gov-")))
		return "aws-us-gov";
	return "aws";
}

static struct slice account_of(const struct alert_view *view)
{
	return is_in_aws(view) ? view->account : SLICE(NO_ACCOUNT);
}

static struct slice region_of(const struct alert_view *view)
{
	return is_in_aws(view) ? view->region : SLICE(NO_REGION);
}

/* ---- what it is ----------------------------------------------------------------------
 */

static void put_product(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf arn = BUF_LIMIT(ID_BYTES_MAX);

	buf_append_format(&arn, "arn:%s:securityhub:%.*s:%.*s:product/%.*s/default",
			  partition_of(view), SLICE_ARG(region_of(view)),
			  SLICE_ARG(account_of(view)), SLICE_ARG(account_of(view)));
	json_put_text(writer, "ProductArn", buf_slice(&arn));
	json_put_text(writer, "ProductName", SLICE("Countersign"));
	json_put_text(writer, "CompanyName", SLICE("Countersign"));
}

/* Its first part says of which stream: what the findings withdraw, the logins keep. */
static void put_id(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf id = BUF_LIMIT(ID_BYTES_MAX);
	char uid[ID_TEXT_BYTES];

	buf_append_format(&id, "countersign/%s/%s", alert_stream_word(view->stream),
			  id_to_text(&view->uid, uid));
	json_put_text(writer, "Id", buf_slice(&id));
}

/* "Types taxonomy for ASFF": a technique's tactic is a category of the TTPs. */
static void put_types(struct json_writer *writer, const struct alert_view *view)
{
	const struct ocsf_technique *technique =
		view->has_finding ? ocsf_technique(view->finding.technique) : NULL;
	AUTO_BUF struct buf type = BUF_LIMIT(ID_BYTES_MAX);

	if (technique)
		buf_append_format(&type, "TTPs/%s/%s", technique->tactic_name,
				  view->rule);
	else
		buf_append_format(&type, "Unusual Behaviors/VM/%s", view->rule);
	json_open_array(writer, "Types");
	json_put_text(writer, NULL, buf_slice(&type));
	json_close_array(writer);
}

static void put_severity(struct json_writer *writer, const struct alert_view *view)
{
	static const char *const labels[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = "LOW",
		[SEVERITY_MEDIUM] = "MEDIUM",
		[SEVERITY_HIGH] = "HIGH",
		[SEVERITY_CRITICAL] = "CRITICAL",
	};

	json_open_object(writer, "Severity");
	json_put_text(writer, "Label",
		      slice_text(view->severity < 0 ? "INFORMATIONAL"
						    : labels[view->severity]));
	json_put_text(writer, "Original", slice_text(severity_word(view->severity)));
	json_close_object(writer);
}

/* CreatedAt is when the thing happened, so that it is the same in all records about it;
 * nothing is updated before that, even where the host's clock went back. */
static void put_times(struct json_writer *writer, const struct alert_view *view)
{
	us_time told = view->record->told_at > view->happened_at ? view->record->told_at
								 : view->happened_at;

	json_put_time(writer, "FirstObservedAt", view->happened_at);
	json_put_time(writer, "LastObservedAt", told);
	json_put_time(writer, "CreatedAt", view->happened_at);
	json_put_time(writer, "UpdatedAt", told);
}

static void put_texts(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	struct slice advice = slice_text(alert_view_advice(view));

	alert_view_message(view, &message);
	text_put(writer, "Title", slice_text(view->title), TITLE_BYTES);
	text_put(writer, "Description", buf_slice(&message), DESCRIPTION_BYTES);
	if (advice.len == 0)
		return;
	json_open_object(writer, "Remediation");
	json_open_object(writer, "Recommendation");
	text_put(writer, "Text", advice, REMEDIATION_BYTES);
	json_close_object(writer);
	json_close_object(writer);
}

/* What the security team made of it is theirs: only a new one says how it stands. */
static void put_state(struct json_writer *writer, const struct alert_view *view)
{
	json_put_text(writer, "RecordState",
		      slice_text(view->is_over ? "ARCHIVED" : "ACTIVE"));
	if (view->activity != ALERT_CREATE)
		return;
	json_open_object(writer, "Workflow");
	json_put_text(writer, "Status", slice_text(view->is_over ? "RESOLVED" : "NEW"));
	json_close_object(writer);
}

/* ---- from what -----------------------------------------------------------------------
 */

static void put_resource(struct json_writer *writer, const struct alert_view *view)
{
	bool is_instance = is_in_aws(view) && is_plain(view->instance, 64) &&
			   slice_starts_with(view->instance, SLICE("i-"));
	AUTO_BUF struct buf id = BUF_LIMIT(ID_BYTES_MAX);

	if (is_instance)
		buf_append_format(&id, "arn:%s:ec2:%.*s:%.*s:instance/%.*s",
				  partition_of(view), SLICE_ARG(view->region),
				  SLICE_ARG(view->account), SLICE_ARG(view->instance));
	else
		text_append(&id, view->instance.len ? view->instance : view->host,
			    ID_BYTES_MAX, NULL);
	json_open_array(writer, "Resources");
	json_open_object(writer, NULL);
	json_put_text(writer, "Type",
		      slice_text(is_instance ? "AwsEc2Instance" : "Other"));
	json_put_text(writer, "Id", id.len ? buf_slice(&id) : SLICE("unknown"));
	json_put_text(writer, "Partition", slice_text(partition_of(view)));
	json_put_text(writer, "Region", region_of(view));
	json_close_object(writer);
	json_close_array(writer);
}

static void put_network(struct json_writer *writer, const struct login *login)
{
	enum text_address address = text_address(login->source_ip);

	if (address == TEXT_NO_ADDRESS)
		return;
	json_open_object(writer, "Network");
	json_put_text(writer, "Direction", SLICE("IN"));
	json_put_text(writer, "Protocol", SLICE("TCP"));
	json_put_text(writer, address == TEXT_IPV4 ? "SourceIpV4" : "SourceIpV6",
		      login->source_ip);
	if (login->source_port)
		json_put_number(writer, "SourcePort", login->source_port);
	json_close_object(writer);
}

static void put_process(struct json_writer *writer, const struct login *login)
{
	if (!login->pid)
		return;
	json_open_object(writer, "Process");
	json_put_number(writer, "Pid", login->pid);
	json_close_object(writer);
}

/* An IPv6 address has no place there; what is no address is a service's name. */
static void put_caller(struct json_writer *writer, struct slice source)
{
	enum text_address address = text_address(source);

	if (address == TEXT_IPV4) {
		json_put_text(writer, "CallerType", SLICE("remoteIp"));
		json_open_object(writer, "RemoteIpDetails");
		json_put_text(writer, "IpAddressV4", source);
		json_close_object(writer);
	} else if (address == TEXT_NO_ADDRESS && source.len) {
		json_put_text(writer, "CallerType", SLICE("domain"));
		json_open_object(writer, "DomainDetails");
		text_put(writer, "Domain", source, FACT_BYTES);
		json_close_object(writer);
	}
}

static void put_action(struct json_writer *writer, const struct event *event)
{
	const struct api_call *call = &event->api_call;

	if (call->name.len == 0 || api_action_cloud(call->action) != CLOUD_AWS)
		return;
	json_open_object(writer, "Action");
	json_put_text(writer, "ActionType", SLICE("AWS_API_CALL"));
	json_open_object(writer, "AwsApiCallAction");
	text_put(writer, "Api", call->name, FACT_BYTES);
	put_caller(writer, call->source_ip);
	if (event->happened_at != US_TIME_NONE) {
		json_put_time(writer, "FirstSeen", event->happened_at);
		json_put_time(writer, "LastSeen", event->happened_at);
	}
	json_close_object(writer);
	json_close_object(writer);
}

static void put_fact(void *ctx, const struct fact *fact)
{
	AUTO_BUF struct buf key = BUF_LIMIT(128);

	buf_append_format(&key, "countersign/%s", fact->key);
	json_put_text(ctx, buf_text(&key), fact->value);
}

static void put_line(void *ctx, const struct evidence_text *text)
{
	text_put(ctx, "countersign/evidence", text->line, FACT_BYTES);
}

/* Fifty at most, of 2048 characters each: there are fewer facts, and shorter ones. */
static void put_facts(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf record = BUF_LIMIT(1024);

	alert_view_record_id(view, &record);
	json_open_object(writer, "ProductFields");
	json_put_text(writer, "countersign/record", buf_slice(&record));
	facts_each(view, put_fact, writer);
	facts_each_line(view, 1, put_line, writer);
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "SchemaVersion", SLICE(SCHEMA_VERSION));
	put_id(&writer, &view);
	put_product(&writer, &view);
	json_put_text(&writer, "GeneratorId", slice_text(view.rule));
	json_put_text(&writer, "AwsAccountId", account_of(&view));
	put_types(&writer, &view);
	put_times(&writer, &view);
	put_severity(&writer, &view);
	json_open_object(&writer, "FindingProviderFields");
	put_severity(&writer, &view);
	put_types(&writer, &view);
	json_close_object(&writer);
	put_texts(&writer, &view);
	put_state(&writer, &view);
	json_put_bool(&writer, "Sample", view.is_test);
	put_resource(&writer, &view);
	if (view.login) {
		put_network(&writer, view.login);
		put_process(&writer, view.login);
	}
	if (view.call)
		put_action(&writer, view.call);
	put_facts(&writer, &view);
	json_close_object(&writer);
}

const struct alert_format alert_format_asff = {
	.name = "asff",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
