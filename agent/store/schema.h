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
	/* Version 2: records in streams, that tell of themselves what a sink over the network
	 * needs; what no sink will take; what is usual for this host. Bytes come last: what
	 * is asked of the others then reads none of them. Of the records that wait from
	 * before it is not known how severe they are: they are not the first to be dropped.
	 */
	"ALTER TABLE logins ADD COLUMN was_found INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE logins ADD COLUMN is_found INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE logins ADD COLUMN is_learned INTEGER NOT NULL DEFAULT 0;"
	"UPDATE logins SET"
	" was_found = EXISTS (SELECT 1 FROM findings WHERE login_id = logins.id),"
	" is_found = EXISTS (SELECT 1 FROM findings WHERE login_id = logins.id AND is_open);"
	"ALTER TABLE deliveries RENAME TO deliveries_before;"
	"CREATE TABLE deliveries ("
	" row INTEGER PRIMARY KEY,"
	" sink TEXT NOT NULL,"
	" number INTEGER NOT NULL,"
	" told_at INTEGER NOT NULL,"
	" stream INTEGER NOT NULL,"
	" severity INTEGER NOT NULL,"
	" key BLOB NOT NULL,"
	" bytes BLOB NOT NULL,"
	" UNIQUE (sink, number)"
	");"
	"CREATE INDEX deliveries_by_severity ON deliveries (sink, severity, number);"
	"INSERT INTO deliveries (sink, number, told_at, stream, severity, key, bytes)"
	" SELECT sink, number, CAST(strftime('%s', 'now') AS INTEGER) * 1000000, 0, 3,"
	" CAST(lower(hex(randomblob(16))) AS BLOB), bytes FROM deliveries_before;"
	"DROP TABLE deliveries_before;"
	"CREATE TABLE dead_letters ("
	" row INTEGER PRIMARY KEY,"
	" sink TEXT NOT NULL,"
	" number INTEGER NOT NULL,"
	" refused_at INTEGER NOT NULL,"
	" why BLOB NOT NULL,"
	" bytes BLOB NOT NULL,"
	" UNIQUE (sink, number)"
	");"
	"CREATE INDEX dead_letters_by_time ON dead_letters (refused_at);"
	"CREATE TABLE baselines ("
	" kind BLOB NOT NULL,"
	" key BLOB NOT NULL,"
	" first_at INTEGER NOT NULL,"
	" last_at INTEGER NOT NULL,"
	" count INTEGER NOT NULL,"
	" PRIMARY KEY (kind, key)"
	") WITHOUT ROWID;",
};
/* clang-format on */

#define STORE_SCHEMA_VERSION (sizeof(store_schema_steps) / sizeof(store_schema_steps[0]))
