/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What Azure's instance metadata says of the doors: whether the machine was made with a
 * password, with keys, with user data, and how it starts. Extensions are not in it. Pure.
 *
 * Source: "Azure Instance Metadata Service for virtual machines", Instance metadata.
 */
#include "base/err.h"
#include "courier/option_list.h"

/* Adds what the document says; what it does not say is left out. */
int azure_option_texts_read(struct slice document, struct option_list *options,
			    struct err *err) __attribute__((warn_unused_result));
