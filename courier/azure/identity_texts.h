/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who a virtual machine is, as texts that were checked: they become parts of URLs, and
 * they are told to the daemon. Pure: the instance document of IMDS and texts of the
 * configuration in, texts out. Source: "Azure Instance Metadata Service", instance
 * metadata, api-version 2021-02-01.
 */
#include "base/err.h"
#include "courier/address.h"
#include "courier/tag_list.h"

/* Room for each with its NUL. */
#define AZURE_INSTANCE_BYTES 513
#define AZURE_SUBSCRIPTION_BYTES 37
#define AZURE_REGION_BYTES 65
#define AZURE_ENVIRONMENT_BYTES 65

struct azure_identity {
	/* resource id: "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/
	 * virtualMachines/V", or ".../virtualMachineScaleSets/SS/virtualMachines/N" */
	char instance[AZURE_INSTANCE_BYTES];
	char subscription[AZURE_SUBSCRIPTION_BYTES]; /* lower case */
	char region[AZURE_REGION_BYTES];	     /* "westeurope"; "" = not said */
	char environment[AZURE_ENVIRONMENT_BYTES];   /* azEnvironment; "" = not said */
	struct address_list private_ips;
	struct tag_list tags;
};

/* From a text of the configuration; "" leaves what is there. The instance's id brings
 * its subscription along. */
int azure_identity_set_instance(struct azure_identity *identity, struct slice instance,
				struct err *err) __attribute__((warn_unused_result));
int azure_identity_set_subscription(struct azure_identity *identity,
				    struct slice subscription, struct err *err)
	__attribute__((warn_unused_result));
int azure_identity_set_region(struct azure_identity *identity, struct slice region,
			      struct err *err) __attribute__((warn_unused_result));

/* The instance document. Fails when it does not say which machine of which subscription
 * this is. */
int azure_identity_read(struct azure_identity *identity, struct slice document,
			struct err *err) __attribute__((warn_unused_result));

/* Whether a text is a GUID, "11111111-2222-3333-4444-555555555555". */
bool azure_guid_is_valid(struct slice text);

/* Whether a text can be a resource group's name: letters of any script, digits and
 * "-_.()", at most 90 of them. */
bool azure_group_is_valid(struct slice text);
