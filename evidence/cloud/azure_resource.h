/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Azure resources: what a resource id says. Ids are pairs of a type and a name,
 * "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/V", in
 * any case of letters, and what belongs to a resource has an id that begins with its.
 */
#include "base/slice.h"

struct azure_resource {
	struct slice subscription; /* its id alone */
	struct slice provider;	   /* the last one's name: "Microsoft.Compute" */
	struct slice leaf;	   /* the last part */
	/* Beginnings of the id, as resource ids of their own; empty when it has none. */
	struct slice subscription_id;
	struct slice group_id;
	struct slice
		machine_id;  /* of a machine, a scale set's too; else of a scale set */
	int16_t serial_port; /* the N of serialPorts/N; -1 = none */
};

/* Everything is borrowed from `id`, of which anything may be missing. */
void azure_resource_read(struct slice id, struct azure_resource *ret_resource);
