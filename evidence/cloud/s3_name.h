/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The names CloudTrail gives the files it puts into S3. A file with such a name holds all
 * that was logged for its account and region, not what somebody picked out of it. Source:
 * AWS CloudTrail User Guide, "CloudTrail log file name format".
 */
#include "base/slice.h"
#include "base/time.h"

struct s3_name {
	struct slice account; /* 12 digits; borrowed from the path */
	struct slice region;
	us_time delivered_at; /* to the minute */
};

/* 111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pS.json.gz, with or
 * without
 * ".gz", in any folder. False for any other name. */
bool s3_name_read(const char *path, struct s3_name *ret_name);

/* Whether records of this account and region are the name's own. Records that do not say
 * where they are from ("") are taken to be from there. */
bool s3_name_is_of(const struct s3_name *name, struct slice account, struct slice region);

/* How long before its file's delivery a call may have been made: usually 5 minutes,
 * rarely hours (CloudTrail User Guide, "How CloudTrail works"). A day is never too
 * little. */
#define S3_DELIVERY_SPREAD US_PER_DAY

/* 111122223333_CloudTrail-Digest_..., 111122223333_CloudTrail-Insight_...: CloudTrail's
 * own files beside its logs, with no API call in them. */
bool s3_name_is_no_log(const char *path);
