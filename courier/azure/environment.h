/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The clouds that Azure is: the public one and the national ones, each with a management
 * endpoint of its own, which is also what a token for it has to be made for. Only these
 * are ever made up here, so that what metadata says cannot send a token elsewhere. Pure.
 * Source: the environments of Microsoft's own SDKs (go-autorest, azure/environments.go).
 */
#include "courier/origin.h"

struct azure_environment {
	const char *name;     /* as metadata's azEnvironment: "AzurePublicCloud" */
	const char *endpoint; /* "https://management.azure.com" */
};

/* By azEnvironment; where that is "" by the region, which is the public cloud's unless
 * its name says otherwise. NULL when the environment is none that is known. */
const struct azure_environment *azure_environment_find(struct slice name,
						       struct slice region);
