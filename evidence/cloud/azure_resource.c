/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/azure_resource.h"

#define SERIAL_PORT_MAX 31

/* What is known of the id up to and including one pair. */
struct walk {
	struct azure_resource *resource;
	struct slice id;   /* up to the pair's end */
	struct slice name; /* of the pair */
	bool in_compute;
	bool has_machine; /* a machine's id is final, a scale set's may become longer */
};

static void take_subscription(struct walk *walk)
{
	walk->resource->subscription = walk->name;
	walk->resource->subscription_id = walk->id;
}

static void take_group(struct walk *walk)
{
	walk->resource->group_id = walk->id;
}

static void take_provider(struct walk *walk)
{
	walk->resource->provider = walk->name;
	walk->in_compute =
		slice_equal_ignoring_case(walk->name, SLICE("Microsoft.Compute"));
}

static void take_scale_set(struct walk *walk)
{
	if (walk->in_compute && !walk->has_machine)
		walk->resource->machine_id = walk->id;
}

static void take_machine(struct walk *walk)
{
	take_scale_set(walk);
	walk->has_machine = walk->has_machine || walk->in_compute;
}

static void take_serial_port(struct walk *walk)
{
	uint64_t port;

	if (slice_number(walk->name, SERIAL_PORT_MAX, &port))
		walk->resource->serial_port = (int16_t)port;
}

static const struct {
	const char *type;
	void (*take)(struct walk *walk);
} types[] = {
	{ "subscriptions", take_subscription },
	{ "resourceGroups", take_group },
	{ "providers", take_provider },
	{ "virtualMachineScaleSets", take_scale_set },
	{ "virtualMachines", take_machine },
	{ "serialPorts", take_serial_port },
};

static void take_pair(struct walk *walk, struct slice type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (slice_equal_ignoring_case(type, slice_text(types[i].type)))
			types[i].take(walk);
	}
}

/* Takes what stands before the next '/', or the rest. */
static struct slice take_part(struct slice *rest)
{
	struct slice part;

	if (!slice_take_until(rest, '/', &part)) {
		part = *rest;
		*rest = slice_skip(*rest, rest->len);
	}
	return part;
}

void azure_resource_read(struct slice id, struct azure_resource *ret_resource)
{
	struct slice rest = id, before, type;
	struct azure_resource resource = { .serial_port = -1 };
	struct walk walk = { .resource = &resource };

	/* What stands before the first '/' was made unreadable by somebody. */
	if (!slice_take_until(&rest, '/', &before))
		rest = slice_skip(id, id.len);
	while (rest.len) {
		type = take_part(&rest);
		resource.leaf = type;
		if (!rest.len)
			break;
		walk.name = take_part(&rest);
		walk.id = slice_of(id.ptr,
				   (size_t)(walk.name.ptr - id.ptr) + walk.name.len);
		resource.leaf = walk.name;
		take_pair(&walk, type);
	}
	*ret_resource = resource;
}
