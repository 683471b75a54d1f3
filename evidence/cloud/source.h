/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Source: whose calls an API log holds (CloudTrail's event sources, Azure's resource
 * providers, Google Cloud's services), which of them are a cloud door's, and of which log
 * class those are.
 */
#include "evidence/cloud.h"

/* The class whose calls the source's are, in this log; LOG_CLASS_COUNT when it is none.
 * `*ret_is_more`: records of it are there for other reasons than a door, so that a log
 * with some is not one that somebody filtered for doors. */
enum log_class source_log_class(enum api_log log, struct slice source, bool *ret_is_more);

/* The class of a Google Cloud service, regional names included; LOG_CLASS_COUNT when it
 * is none. */
enum log_class source_of_service(struct slice service);
