/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which attributes of Google Cloud's metadata open or close a door, of the instance and
 * of its project. What a script or a key is is never asked for here, only whether there
 * is one. Pure.
 *
 * Source: "Predefined metadata keys", Compute Engine documentation.
 */
#include "courier/option_list.h"

/* Where the names of attributes are listed, one a line: "instance/attributes/". */
#define GCP_OPTION_FOLDERS 2
const char *gcp_option_folder(size_t index);

/* Adds those of the folder that mean something. */
void gcp_option_texts_read(size_t folder, struct slice names,
			   struct option_list *options);

/* Whether the value of this option is to be asked for, at the path that is its name. */
bool gcp_option_is_told(const char *name);
