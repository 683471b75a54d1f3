/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/host_names.h"

#include <stdlib.h>

#include "cli/identity_file.h"

static struct slice first_label(struct slice name)
{
	struct slice rest = name, label;

	return slice_take_until(&rest, '.', &label) ? label : name;
}

static bool is_nobody(struct slice name)
{
	return name.len == 0 || slice_equal(name, SLICE("-")) ||
	       slice_equal_ignoring_case(first_label(name), SLICE("localhost"));
}

bool host_name_is(struct slice name, struct slice wanted)
{
	struct slice label = first_label(name), wanted_label = first_label(wanted);

	if (is_nobody(name))
		return true;
	if (label.len < name.len && wanted_label.len < wanted.len)
		return slice_equal_ignoring_case(name, wanted);
	return slice_equal_ignoring_case(label, wanted_label);
}

void host_names_add(struct host_names *names, struct slice name)
{
	if (is_nobody(name))
		return;
	for (size_t i = 0; i < names->count; i++) {
		if (host_name_is(name, names->names[i]))
			return;
	}
	if (names->count == HOST_NAMES_MAX)
		names->has_more = true;
	else
		names->names[names->count++] = name;
}

void host_names_add_events(struct host_names *names, const struct event_list *events)
{
	const char *last = NULL;

	for (size_t i = 0; i < events->count; i++) {
		struct slice host = events->events[i]->host;

		/* The list keeps one copy for a run of the same name. */
		if (host.ptr == last)
			continue;
		last = host.ptr;
		host_names_add(names, host);
	}
}

static int compare_names(const void *left, const void *right)
{
	const struct slice *a = left, *b = right;

	return slice_compare(*a, *b);
}

void host_names_sort(struct host_names *names)
{
	qsort(names->names, names->count, sizeof(names->names[0]), compare_names);
}

static bool has_address(const struct identity *identity, struct slice name)
{
	char room[16];
	struct slice ip;

	if (!identity_ip_of_host(name, room, &ip))
		return false;
	for (uint32_t i = 0; i < identity->private_ip_count; i++) {
		if (slice_equal(identity->private_ips[i], ip))
			return true;
	}
	return false;
}

bool host_names_pick(const struct host_names *names, struct slice wanted,
		     const struct identity *identity, struct slice *ret_name)
{
	size_t found = 0;

	for (size_t i = 0; i < names->count; i++) {
		bool fits = wanted.len ? host_name_is(names->names[i], wanted)
				       : has_address(identity, names->names[i]);

		if (!fits)
			continue;
		*ret_name = names->names[i];
		found++;
	}
	if (found == 0 && wanted.len == 0 && names->count == 1) {
		*ret_name = names->names[0];
		found = 1;
	}
	return found == 1;
}

void host_names_append(const struct host_names *names, struct buf *buf)
{
	for (size_t i = 0; i < names->count; i++) {
		buf_append_text(buf, i ? ", " : "");
		buf_append(buf, names->names[i]);
	}
	if (names->has_more)
		buf_append_text(buf, " and more");
}
