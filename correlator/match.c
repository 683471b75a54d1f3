/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/match.h"

#include <assert.h>

void trace(const struct tracer *tracer, const char *rule, const struct call *call,
	   bool held, const char *why)
{
	struct reasoning reasoning = { rule, call ? &call->event : NULL, held, why };

	if (tracer && tracer->step)
		tracer->step(tracer->ctx, &reasoning);
}

bool login_is_before(const struct tracked_login *a, const struct tracked_login *b)
{
	if (a->view.happened_at != b->view.happened_at)
		return a->view.happened_at < b->view.happened_at;
	return memcmp(a->view.id.bytes, b->view.id.bytes, ID_BYTES) < 0;
}

struct match match_absent(const struct correlator *correlator, us_time measured_at,
			  us_span before, us_span after, uint32_t class_bits)
{
	return (struct match){
		.reason = REASON_NO_API_CALL,
		.also = REASON_COUNT,
		.measured_at = measured_at,
		.from = measured_at - before - CALL_TIME_CUT_US -
			correlator->options.skew_us,
		.until = measured_at + after,
		.class_bits = class_bits,
	};
}

us_span after_login(const struct correlator *correlator,
		    const struct tracked_login *login)
{
	return correlator->options.skew_us + login->uncertainty_us;
}

const struct call *match_refused(const struct correlator *correlator, enum key_kind kind,
				 struct slice text, const struct match *match)
{
	const struct key_node *node = index_find(&correlator->index, kind, text);
	const struct call *call;
	size_t at;

	if (!node)
		return NULL;
	at = call_list_from(&node->calls, match->from);
	if (at == node->calls.count)
		return NULL;
	call = node->calls.items[at];
	return call->event.happened_at <= match->until ? call : NULL;
}

struct match match_door(const struct correlator *correlator,
			const struct tracked_login *login, enum path path,
			const struct tracer *tracer)
{
	static match_fn *const matchers[PATH_COUNT] = {
		[PATH_AWS_EC2_INSTANCE_CONNECT] = match_instance_connect,
		[PATH_AWS_SSM_SESSION] = match_session,
		[PATH_AWS_SSM_COMMAND] = match_command,
		[PATH_AWS_SSM_ASSOCIATION] = match_association,
		[PATH_AWS_SERIAL_CONSOLE] = match_serial_console,
		[PATH_AWS_SSM_SSH] = match_ssm_ssh,
		[PATH_AWS_EICE_TUNNEL] = match_endpoint_tunnel,
		[PATH_AWS_USER_DATA] = match_script,
		[PATH_AZURE_SERIAL_CONSOLE] = match_serial_console,
		[PATH_AZURE_RUN_COMMAND] = match_extension,
		[PATH_AZURE_VM_EXTENSION] = match_extension,
		[PATH_AZURE_ENTRA_SSH] = match_entra,
		[PATH_AZURE_BASTION] = match_bastion,
		[PATH_GCP_OS_LOGIN] = match_os_login,
		[PATH_GCP_METADATA_KEY] = match_metadata_key,
		[PATH_GCP_IAP_TUNNEL] = match_iap_tunnel,
		[PATH_GCP_SERIAL_CONSOLE] = match_serial_console,
		[PATH_GCP_OS_CONFIG] = match_script,
		[PATH_GCP_STARTUP_SCRIPT] = match_script,
	};

	assert(matchers[path]);
	return matchers[path](correlator, login, tracer);
}
