/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections to serial consoles: where each is listed, when it began and ended. Of one
 * connection there may be several records, with one correlation id (Azure) or operation
 * id (Google Cloud): the earliest that was admitted stands for all.
 */
#include <stdio.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/concern.h"
#include "correlator/console.h"
#include "correlator/session.h"

/* An id is compared by its beginning. */
#define RECORD_KEY_BYTES 160

/* Ends that are said later than they are cost a longer walk: they may be so for that many
 * connections that have ended since. */
#define LOOSE_ENDS_MAX 256

struct slice console_key(enum cloud cloud, int port, char text[CONSOLE_KEY_BYTES])
{
	int len = port == CONSOLE_ANY_PORT
			  ? snprintf(text, CONSOLE_KEY_BYTES, "%s any", cloud_word(cloud))
			  : snprintf(text, CONSOLE_KEY_BYTES, "%s %d", cloud_word(cloud),
				     port);

	return slice_of(text, (size_t)len);
}

enum cloud console_cloud(enum path path)
{
	static const enum cloud clouds[PATH_COUNT] = {
		[PATH_AWS_SERIAL_CONSOLE] = CLOUD_AWS,
		[PATH_AZURE_SERIAL_CONSOLE] = CLOUD_AZURE,
		[PATH_GCP_SERIAL_CONSOLE] = CLOUD_GCP,
	};

	return clouds[path];
}

us_span console_reach(enum cloud cloud)
{
	return cloud == CLOUD_AWS ? SERIAL_SESSION_US : CONSOLE_ABSENCE_US;
}

us_time console_end(const struct correlator *correlator, const struct call *call)
{
	return call->closed_at == US_TIME_NONE
		       ? INT64_MAX
		       : call->closed_at + correlator->options.skew_us;
}

static enum cloud cloud_of(const struct call *call)
{
	return api_action_cloud(call->event.api_call.action);
}

static int port_of(const struct call *call)
{
	return call->event.api_call.serial_port;
}

static struct key_node *calls_of(const struct correlator *correlator, enum cloud cloud,
				 int port)
{
	char text[CONSOLE_KEY_BYTES];

	return index_find(&correlator->index, KEY_SERIAL, console_key(cloud, port, text));
}

/* ---- which was open ---- */

/* From this position on the ends are to be worked out anew. */
static void loosen_from(struct key_node *node, size_t position)
{
	if (node->ends && position < node->ends->valid)
		node->ends->valid = (uint32_t)position;
}

/* Brings the ends up to date. */
static const us_time *ends_of(const struct correlator *correlator, struct key_node *node)
{
	struct key_ends *ends = node->ends;
	uint32_t count = node->calls.count;

	if (ends->loose > LOOSE_ENDS_MAX) {
		ends->valid = 0;
		ends->loose = 0;
	}
	if (ends->size < count) {
		uint32_t size = node->calls.size;

		ends = memory_resize(ends, 1, sizeof(*ends) + size * sizeof(us_time));
		ends->size = size;
		node->ends = ends;
	}
	for (uint32_t i = ends->valid; i < count; i++) {
		us_time end = console_end(correlator, node->calls.items[i]);

		ends->ends[i] = i && ends->ends[i - 1] > end ? ends->ends[i - 1] : end;
	}
	ends->valid = count > ends->valid ? count : ends->valid;
	return ends->ends;
}

struct call *console_open_at(const struct correlator *correlator, enum cloud cloud,
			     int port, us_time from, us_time time)
{
	struct key_node *node = calls_of(correlator, cloud, port);
	const us_time *ends;
	size_t i;

	if (!node || node->calls.count == 0)
		return NULL;
	ends = node->ends ? ends_of(correlator, node) : NULL;
	for (i = call_list_from(&node->calls, time + 1); i-- > 0;) {
		struct call *call = node->calls.items[i];

		if (call->event.happened_at < from || (ends && ends[i] < time))
			return NULL;
		if (console_end(correlator, call) >= time)
			return call;
	}
	return NULL;
}

static struct call *later_of(struct call *one, struct call *other)
{
	if (!one || !other)
		return one ? one : other;
	return call_is_before(one, other) ? other : one;
}

struct call *console_connection(const struct correlator *correlator, enum cloud cloud,
				int port, us_time from, us_time time)
{
	if (port < 0)
		return console_open_at(correlator, cloud, CONSOLE_ANY_PORT, from, time);
	return later_of(console_open_at(correlator, cloud, port, from, time),
			console_open_at(correlator, cloud, -1, from, time));
}

const struct call *console_refused(const struct correlator *correlator, enum cloud cloud,
				   int port, us_time from, us_time until)
{
	const int ports[] = { port, -1 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		char text[CONSOLE_KEY_BYTES];
		const struct key_node *node =
			index_find(&correlator->index, KEY_DENIED_CONSOLE,
				   console_key(cloud, ports[i], text));
		size_t at = node ? call_list_from(&node->calls, from) : 0;

		if (node && at < node->calls.count &&
		    node->calls.items[at]->event.happened_at <= until)
			return node->calls.items[at];
	}
	return NULL;
}

/* ---- whom it concerns ---- */

/* The first login after `time` at each port leans on who was there before. */
static void concern_followers(struct correlator *correlator, us_time time)
{
	for (int port = -1; port < CONSOLE_PORTS; port++) {
		char text[SERIAL_KEY_BYTES];
		const struct key_node *node = index_find(&correlator->index, KEY_SERIAL,
							 serial_key(port, text));
		size_t at = node ? login_list_from(&node->logins, time + 1) : 0;

		if (node && at < node->logins.count)
			judge_later(correlator, node->logins.items[at]);
	}
}

/* A call of `time` concerns the logins around it: those it may have let in, and those
 * whose clock was ahead. */
static void concern_around(struct correlator *correlator, us_time from, us_time until,
			   us_time time)
{
	concern_between(correlator, LOGIN_CONSOLE, from > time ? from : time, until);
	concern_between(correlator, LOGIN_CONSOLE, from, until < time ? until : time - 1);
}

/* The latest wins: logins after the next one that is open as long are none of this
 * one's. */
static us_time last_concerned(const struct correlator *correlator,
			      const struct key_node *node, const struct call *call)
{
	us_time end = console_end(correlator, call);
	size_t next = call_list_position(&node->calls, call) + 1;
	us_time until = end;

	if (cloud_of(call) != CLOUD_GCP)
		until = call->event.happened_at + console_reach(cloud_of(call)) +
			correlator->options.skew_us + CALL_TIME_CUT_US;
	if (next < node->calls.count &&
	    node->calls.items[next]->event.happened_at < until &&
	    console_end(correlator, node->calls.items[next]) >= end)
		until = node->calls.items[next]->event.happened_at;
	return until;
}

static void concern_by(struct correlator *correlator, const struct key_node *node,
		       const struct call *call)
{
	us_time until = last_concerned(correlator, node, call);

	concern_around(correlator,
		       call->event.happened_at - correlator->options.skew_us -
			       correlator->uncertainty_max_us,
		       until, call->event.happened_at);
	if (until < INT64_MAX)
		concern_followers(correlator, until);
}

/* ---- where it is listed ---- */

static struct key_node *node_for(struct correlator *correlator, const struct call *call,
				 int port)
{
	char text[CONSOLE_KEY_BYTES];

	return index_get(&correlator->index, KEY_SERIAL,
			 console_key(cloud_of(call), port, text));
}

static void add_to(struct key_node *node, struct call *call)
{
	call_list_add(&node->calls, call);
	loosen_from(node, call_list_position(&node->calls, call));
}

static void list_connection(struct correlator *correlator, struct call *call)
{
	struct key_node *node = node_for(correlator, call, port_of(call));

	add_to(node_for(correlator, call, CONSOLE_ANY_PORT), call);
	add_to(node, call);
	concern_by(correlator, node, call);
}

static void remove_from(struct key_node *node, struct call *call)
{
	size_t at = call_list_position(&node->calls, call);

	if (at == node->calls.count)
		return;
	loosen_from(node, at);
	call_list_remove_sorted(&node->calls, call);
}

static void unlist_connection(struct correlator *correlator, struct call *call)
{
	struct key_node *node = node_for(correlator, call, port_of(call));

	concern_by(correlator, node, call);
	remove_from(node, call);
	remove_from(node_for(correlator, call, CONSOLE_ANY_PORT), call);
}

/* ---- several records of one connection ---- */

/* The records of a connection: of its beginning, or its end. NULL: they have no id. */
static struct key_node *records_of(struct correlator *correlator, const struct call *call,
				   bool is_end)
{
	const struct api_call *api = &call->event.api_call;
	struct slice id = api->operation_id.len ? api->operation_id : api->correlation_id;
	char text[RECORD_KEY_BYTES];
	int len;

	if (id.len == 0)
		return NULL;
	len = snprintf(text, sizeof(text), "%s %s %d %.*s", cloud_word(cloud_of(call)),
		       is_end ? "end" : "begin",
		       cloud_of(call) == CLOUD_GCP ? 0 : port_of(call),
		       SLICE_ARG(slice_first(id, RECORD_KEY_BYTES - 40)));
	return index_get(&correlator->index, KEY_CONSOLE_CALL,
			 slice_of(text, (size_t)len));
}

/* Its first end that is not before it. */
static void learn_end(struct correlator *correlator, struct call *call)
{
	const struct key_node *ends = records_of(correlator, call, true);
	size_t at;

	call->closed_at = US_TIME_NONE;
	if (!ends)
		return;
	at = call_list_from(&ends->calls,
			    call->event.happened_at - correlator->options.skew_us);
	if (at < ends->calls.count)
		call->closed_at = ends->calls.items[at]->event.happened_at;
}

/* One more of its connections has ended, or will be listed with its end. */
static void note_end(struct key_node *node)
{
	if (!node->ends)
		node->ends = memory_new(1, sizeof(*node->ends));
	node->ends->loose++;
}

static void note_ends(struct correlator *correlator, const struct call *call)
{
	note_end(node_for(correlator, call, port_of(call)));
	note_end(node_for(correlator, call, CONSOLE_ANY_PORT));
}

static void take_end(struct correlator *correlator, struct call *call)
{
	struct key_node *begins = records_of(correlator, call, false);
	struct key_node *ends = records_of(correlator, call, true);
	struct call *connection;
	us_time was;

	if (!ends)
		return;
	call_list_add(&ends->calls, call);
	if (begins->calls.count == 0)
		return;
	connection = begins->calls.items[0];
	was = connection->closed_at;
	learn_end(correlator, connection);
	if (connection->closed_at == was)
		return;
	note_ends(correlator, connection);
	concern_between(correlator, LOGIN_CONSOLE, connection->closed_at, INT64_MAX);
}

/* True when the call is the one that stands for its connection. */
static bool take_record(struct correlator *correlator, struct call *call)
{
	struct key_node *records = records_of(correlator, call, false);

	if (!records)
		return true;
	call_list_add(&records->calls, call);
	if (records->calls.items[0] != call)
		return false;
	if (records->calls.count > 1)
		unlist_connection(correlator, records->calls.items[1]);
	return true;
}

static void take_connection(struct correlator *correlator, struct call *call)
{
	if (!take_record(correlator, call))
		return;
	if (cloud_of(call) == CLOUD_GCP) {
		learn_end(correlator, call);
		if (call->closed_at != US_TIME_NONE)
			note_ends(correlator, call);
	}
	list_connection(correlator, call);
	observe_console_connected(correlator, call);
}

/* Explains the logins of its port that no other refusal explains. */
static void take_refused(struct correlator *correlator, struct call *call)
{
	us_span skew = correlator->options.skew_us;
	us_time time = call->event.happened_at;
	us_span reach = console_reach(cloud_of(call)) + skew + CALL_TIME_CUT_US;
	us_time from = time - skew - correlator->uncertainty_max_us;
	us_time until = time + reach;
	char text[CONSOLE_KEY_BYTES];
	struct key_node *node =
		index_get(&correlator->index, KEY_DENIED_CONSOLE,
			  console_key(cloud_of(call), port_of(call), text));
	size_t at;

	call_list_add(&node->calls, call);
	at = call_list_position(&node->calls, call);
	if (at + 1 < node->calls.count &&
	    node->calls.items[at + 1]->event.happened_at - skew < until)
		until = node->calls.items[at + 1]->event.happened_at - skew;
	if (at && node->calls.items[at - 1]->event.happened_at + reach > from)
		from = node->calls.items[at - 1]->event.happened_at + reach;
	concern_around(correlator, from, until, time);
}

void calls_take_console(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (call_is_for_us(correlator, call) == 0)
		return;
	if (api->outcome == API_ADMITTED && api->action == API_GCP_SERIAL_DISCONNECT)
		take_end(correlator, call);
	else if (api->outcome == API_ADMITTED)
		take_connection(correlator, call);
	else if (api->outcome == API_DENIED && cloud_of(call) != CLOUD_AWS &&
		 api->action != API_GCP_SERIAL_DISCONNECT)
		take_refused(correlator, call);
}

static bool is_of_consoles(const struct key_node *node)
{
	return node->kind == KEY_SERIAL || node->kind == KEY_CONSOLE_CALL ||
	       node->kind == KEY_DENIED_CONSOLE;
}

void calls_identify_console(struct correlator *correlator)
{
	static const bool takes[API_ACTION_COUNT] = {
		[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = true,
		[API_AZURE_SERIAL_CONNECT] = true,
		[API_GCP_SERIAL_CONNECT] = true,
		[API_GCP_SERIAL_DISCONNECT] = true,
	};

	for (size_t i = 0; i < correlator->index.node_count; i++) {
		struct key_node *node = correlator->index.nodes[i];

		if (!is_of_consoles(node))
			continue;
		node->calls.count = 0;
		if (node->kind == KEY_SERIAL)
			loosen_from(node, 0);
	}
	for (size_t i = 0; i < correlator->calls.count; i++)
		if (takes[correlator->calls.items[i]->event.api_call.action])
			calls_take_console(correlator, correlator->calls.items[i]);
}
