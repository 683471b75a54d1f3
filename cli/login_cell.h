/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Login cell: what the table of logins says of one login, column by column: when, which
 * door, who, from where, who let it in and why that is the verdict. What is appended is
 * escaped and on one line; an empty cell is "-".
 */
#include "cli/report.h"

enum login_column {
	COLUMN_DATE,
	COLUMN_TIME,
	COLUMN_ID,
	COLUMN_HOST,
	COLUMN_VERDICT,
	COLUMN_PATH,
	COLUMN_THROUGH,
	COLUMN_USER,
	COLUMN_FROM,
	COLUMN_WHO,
	COLUMN_WHY,
	COLUMN_COUNT
};

/* On a terminal the ids of sessions and commands are shortened, and names longer than a
 * user's can be: --explain and --json have them whole. False past buf's limit. */
bool login_cell_append(struct buf *buf, const struct report *report,
		       enum login_column column, const struct verdict *verdict);
