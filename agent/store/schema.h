/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Schema of the agent's database, as steps: step i leads from version i to i + 1, and the
 * database's user_version is how many were taken. A step that has been released is never
 * changed; what is new is a new step. Words, not numbers, stand for paths, verdicts and
 * stages, so that their order may change.
 */
#include <stddef.h>

/* "csgn": tells our database from anybody else's. */
#define STORE_APPLICATION_ID 0x6373676e

/* clang-format off */
static const char *const store_schema_steps[] = {
	/* what the program itself must know; numbers only */
	"CREATE TABLE meta ("
	" name TEXT PRIMARY KEY NOT NULL,"
	" number INTEGER NOT NULL"
	") WITHOUT ROWID;"
	/* the correlator's input log, in order of arrival; `key` is a digest */
	"CREATE TABLE events ("
	" sequence INTEGER PRIMARY KEY,"
	" fed_at INTEGER NOT NULL,"
	" key BLOB,"
	" code BLOB NOT NULL"
	");"
	"CREATE UNIQUE INDEX events_by_key ON events (key) WHERE key IS NOT NULL;"
	"CREATE INDEX events_by_time ON events (fed_at);"
	/* the lines of the evidence; `put_at` is the agent's clock */
	"CREATE TABLE texts ("
	" reference INTEGER PRIMARY KEY,"
	" put_at INTEGER NOT NULL,"
	" at INTEGER NOT NULL,"
	" source BLOB NOT NULL,"
	" cursor BLOB NOT NULL,"
	" line BLOB NOT NULL"
	");"
	"CREATE INDEX texts_by_time ON texts (put_at);"
	/* cursors and the like */
	"CREATE TABLE named_values ("
	" name TEXT PRIMARY KEY NOT NULL,"
	" value BLOB NOT NULL"
	") WITHOUT ROWID;"
	"CREATE TABLE logins ("
	" row INTEGER PRIMARY KEY,"
	" id BLOB NOT NULL UNIQUE,"
	" happened_at INTEGER NOT NULL,"
	" changed_at INTEGER NOT NULL,"
	" path TEXT NOT NULL,"
	" verdict TEXT NOT NULL,"
	" stage TEXT NOT NULL,"
	" is_door INTEGER NOT NULL,"
	" told INTEGER NOT NULL,"
	" json BLOB NOT NULL"
	");"
	"CREATE INDEX logins_by_time ON logins (happened_at, id);"
	"CREATE INDEX logins_by_change ON logins (changed_at);"
	"CREATE TABLE findings ("
	" row INTEGER PRIMARY KEY,"
	" id BLOB NOT NULL UNIQUE,"
	" login_id BLOB,"
	" happened_at INTEGER NOT NULL,"
	" changed_at INTEGER NOT NULL,"
	" severity INTEGER NOT NULL,"
	" is_open INTEGER NOT NULL,"
	" rule BLOB NOT NULL,"
	" json BLOB NOT NULL"
	");"
	"CREATE INDEX findings_by_time ON findings (happened_at, id);"
	"CREATE INDEX findings_by_login ON findings (login_id) WHERE login_id IS NOT NULL;"
	"CREATE INDEX findings_by_change ON findings (changed_at);"
	/* the outbox of every sink */
	"CREATE TABLE deliveries ("
	" row INTEGER PRIMARY KEY,"
	" sink TEXT NOT NULL,"
	" number INTEGER NOT NULL,"
	" bytes BLOB NOT NULL,"
	" UNIQUE (sink, number)"
	");",
};
/* clang-format on */

#define STORE_SCHEMA_VERSION (sizeof(store_schema_steps) / sizeof(store_schema_steps[0]))
