/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * All SQL that runs on an open database, each statement in one place: X(NAME, text).
 * Prepared once, kept for the connection's life.
 */

#define SQL_LOGIN_COLUMNS                                                          \
	"id, happened_at, changed_at, path, verdict, stage, is_door, json, told, " \
	"was_found, is_found, is_learned"
#define SQL_FINDING_COLUMNS                                                           \
	"findings.id, findings.login_id, findings.happened_at, findings.changed_at, " \
	"findings.severity, findings.is_open, findings.rule, findings.json"

/* struct store_filter; "" is any. */
#define SQL_LOGIN_FILTER                                                              \
	" happened_at BETWEEN @since AND @until"                                      \
	" AND (@path = '' OR path = @path) AND (@verdict = '' OR verdict = @verdict)" \
	" AND (is_door OR NOT @doors_only)"
/* A finding of no login has neither verdict nor path; it is kept with "doors only". */
#define SQL_FINDING_FILTER                                            \
	" findings LEFT JOIN logins ON logins.id = findings.login_id" \
	" WHERE findings.happened_at BETWEEN @since AND @until"       \
	" AND (@path = '' OR logins.path = @path)"                    \
	" AND (@verdict = '' OR logins.verdict = @verdict)"           \
	" AND (logins.is_door IS NULL OR logins.is_door OR NOT @doors_only)"

/* Logins whose verdict may be forgotten. */
#define SQL_SETTLED "verdict <> 'pending'"

#define STORE_SQL(X)                                                                     \
	X(BEGIN, "BEGIN IMMEDIATE")                                                      \
	X(COMMIT, "COMMIT")                                                              \
	X(GET_META, "SELECT number FROM meta WHERE name = @name")                        \
	X(PUT_META, "INSERT INTO meta (name, number) VALUES (@name, @number)"            \
		    " ON CONFLICT (name) DO UPDATE SET number = excluded.number")        \
	/* putting */                                                                    \
	X(PUT_EVENT, "INSERT INTO events (fed_at, key, code)"                            \
		     " VALUES (@fed_at, @key, @code) ON CONFLICT DO NOTHING")            \
	X(PUT_TEXT, "INSERT INTO texts (reference, put_at, at, source, cursor, line)"    \
		    " VALUES (@reference, @put_at, @at, @source, @cursor, @line)"        \
		    " ON CONFLICT (reference) DO UPDATE SET put_at = excluded.put_at,"   \
		    " at = excluded.at, source = excluded.source,"                       \
		    " cursor = excluded.cursor, line = excluded.line")                   \
	X(PUT_VALUE, "INSERT INTO named_values (name, value) VALUES (@name, @value)"     \
		     " ON CONFLICT (name) DO UPDATE SET value = excluded.value")         \
	X(DROP_VALUE, "DELETE FROM named_values WHERE name = @name")                     \
	X(PUT_LOGIN,                                                                     \
	  "INSERT INTO logins (" SQL_LOGIN_COLUMNS ")"                                   \
	  " VALUES (@id, @happened_at, @changed_at, @path, @verdict, @stage, @is_door,"  \
	  " @json, @told, @was_found, @is_found, @is_learned)"                           \
	  " ON CONFLICT (id) DO UPDATE SET happened_at = excluded.happened_at,"          \
	  " changed_at = excluded.changed_at, path = excluded.path,"                     \
	  " verdict = excluded.verdict, stage = excluded.stage,"                         \
	  " is_door = excluded.is_door, json = excluded.json, told = excluded.told,"     \
	  " was_found = excluded.was_found, is_found = excluded.is_found,"               \
	  " is_learned = excluded.is_learned")                                           \
	X(PUT_FINDING,                                                                   \
	  "INSERT INTO findings (id, login_id, happened_at, changed_at, severity,"       \
	  " is_open, rule, json)"                                                        \
	  " VALUES (@id, @login_id, @happened_at, @changed_at, @severity, @is_open,"     \
	  " @rule, @json)"                                                               \
	  " ON CONFLICT (id) DO UPDATE SET login_id = excluded.login_id,"                \
	  " happened_at = excluded.happened_at, changed_at = excluded.changed_at,"       \
	  " severity = excluded.severity, is_open = excluded.is_open,"                   \
	  " rule = excluded.rule, json = excluded.json")                                 \
	X(PUT_DELIVERY,                                                                  \
	  "INSERT INTO deliveries (sink, number, told_at, stream, severity, key, bytes)" \
	  " VALUES (@sink, @number, @told_at, @stream, @severity, @key, @bytes)"         \
	  " ON CONFLICT (sink, number) DO UPDATE SET told_at = excluded.told_at,"        \
	  " stream = excluded.stream, severity = excluded.severity,"                     \
	  " key = excluded.key, bytes = excluded.bytes")                                 \
	X(DROP_DELIVERY,                                                                 \
	  "DELETE FROM deliveries WHERE sink = @sink AND number = @number")              \
	X(PUT_DEAD_LETTER,                                                               \
	  "INSERT INTO dead_letters (sink, number, refused_at, why, bytes)"              \
	  " VALUES (@sink, @number, @refused_at, @why, @bytes)"                          \
	  " ON CONFLICT (sink, number) DO UPDATE SET refused_at = excluded.refused_at,"  \
	  " why = excluded.why, bytes = excluded.bytes")                                 \
	X(CUT_DEAD_LETTERS, "DELETE FROM dead_letters WHERE sink = @sink AND number <="  \
			    " (SELECT number FROM dead_letters WHERE sink = @sink"       \
			    " ORDER BY number DESC LIMIT 1 OFFSET @limit)")              \
	X(PUT_BASELINE,                                                                  \
	  "INSERT INTO baselines (kind, key, first_at, last_at, count)"                  \
	  " VALUES (@kind, @key, @first_at, @last_at, @count)"                           \
	  " ON CONFLICT (kind, key) DO UPDATE SET first_at = excluded.first_at,"         \
	  " last_at = excluded.last_at, count = excluded.count")                         \
	X(DROP_BASELINE, "DELETE FROM baselines WHERE kind = @kind AND key = @key")      \
	X(DROP_BASELINES, "DELETE FROM baselines WHERE kind = @kind")                    \
	X(DROP_ALL_BASELINES, "DELETE FROM baselines")                                   \
	/* reading */                                                                    \
	X(HAS_KEY, "SELECT 1 FROM events WHERE key = @key")                              \
	X(EACH_EVENT, "SELECT fed_at, code FROM events ORDER BY sequence")               \
	X(GET_VALUE, "SELECT value FROM named_values WHERE name = @name")                \
	X(EACH_VALUE, "SELECT name, value FROM named_values WHERE name >= @prefix"       \
		      " AND substr(name, 1, length(@prefix)) = @prefix ORDER BY name")   \
	X(FIND_TEXT, "SELECT at, source, cursor, line FROM texts"                        \
		     " WHERE reference = @reference")                                    \
	/* where the newest @limit begin */                                              \
	X(FIRST_LOGIN, "SELECT happened_at, id FROM logins WHERE" SQL_LOGIN_FILTER       \
		       " ORDER BY happened_at DESC, id DESC LIMIT 1 OFFSET @limit - 1")  \
	X(EACH_LOGIN, "SELECT " SQL_LOGIN_COLUMNS " FROM logins WHERE" SQL_LOGIN_FILTER  \
		      " AND (happened_at, id) >= (@from_at, @from_id)"                   \
		      " ORDER BY happened_at, id")                                       \
	X(FIND_LOGIN, "SELECT " SQL_LOGIN_COLUMNS " FROM logins"                         \
		      " WHERE id BETWEEN @first AND @last ORDER BY id")                  \
	X(FIRST_FINDING,                                                                 \
	  "SELECT findings.happened_at, findings.id FROM" SQL_FINDING_FILTER             \
	  " ORDER BY findings.happened_at DESC, findings.id DESC"                        \
	  " LIMIT 1 OFFSET @limit - 1")                                                  \
	X(EACH_FINDING, "SELECT " SQL_FINDING_COLUMNS " FROM" SQL_FINDING_FILTER         \
			" AND (findings.happened_at, findings.id) >= (@from_at,"         \
			" @from_id) ORDER BY findings.happened_at, findings.id")         \
	X(FIND_FINDING, "SELECT " SQL_FINDING_COLUMNS " FROM findings"                   \
			" WHERE id BETWEEN @first AND @last ORDER BY id")                \
	X(FINDINGS_OF, "SELECT " SQL_FINDING_COLUMNS " FROM findings"                    \
		       " WHERE login_id = @login_id ORDER BY id")                        \
	X(EACH_DELIVERY, "SELECT number, told_at, stream, severity, key, bytes"          \
			 " FROM deliveries WHERE sink = @sink ORDER BY number")          \
	X(EACH_EXPENDABLE, "SELECT number, length(bytes) FROM deliveries"                \
			   " WHERE sink = @sink ORDER BY severity, number")              \
	X(SIZE_OF_DELIVERY, "SELECT length(bytes) FROM deliveries"                       \
			    " WHERE sink = @sink AND number = @number")                  \
	X(WAITING, "SELECT count(*), coalesce(sum(length(bytes)), 0)"                    \
		   " FROM deliveries WHERE sink = @sink")                                \
	X(TIMES_OF_WAITING, "SELECT number, told_at FROM deliveries"                     \
			    " WHERE sink = @sink ORDER BY number")                       \
	X(SINKS_WAITING, "SELECT DISTINCT sink FROM deliveries ORDER BY sink")           \
	X(EACH_DEAD_LETTER,                                                              \
	  "SELECT sink, number, refused_at, why, bytes FROM dead_letters"                \
	  " WHERE (@sink = '' OR sink = @sink)"                                          \
	  " ORDER BY refused_at DESC, number DESC")                                      \
	X(COUNT_DEAD_LETTERS, "SELECT count(*) FROM dead_letters WHERE sink = @sink")    \
	X(EACH_BASELINE, "SELECT kind, key, first_at, last_at, count FROM baselines"     \
			 " ORDER BY kind, key")                                          \
	X(COUNT, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM texts),"   \
		 " (SELECT count(*) FROM logins), (SELECT count(*) FROM findings),"      \
		 " (SELECT count(*) FROM deliveries)")                                   \
	/* counting since a time, without a row's text */                                \
	X(COUNT_LOGINS, "SELECT verdict, count(*) FROM logins"                           \
			" WHERE happened_at >= @since GROUP BY verdict")                 \
	X(COUNT_FINDINGS, "SELECT severity, count(*) FROM findings"                      \
			  " WHERE happened_at >= @since AND is_open GROUP BY severity")  \
	X(OLDEST_LOGIN, "SELECT min(happened_at) FROM logins")                           \
	/* they come and go in order */                                                  \
	X(COUNT_EVENTS, "SELECT coalesce(max(sequence) - min(sequence) + 1, 0)"          \
			" FROM events")                                                  \
	/* forgetting: at most @limit each, the oldest first */                          \
	X(TIDY_EVENTS, "DELETE FROM events WHERE sequence IN (SELECT sequence FROM"      \
		       " events WHERE fed_at < @until ORDER BY fed_at LIMIT @limit)")    \
	X(TIDY_TEXTS,                                                                    \
	  "DELETE FROM texts WHERE reference IN (SELECT reference FROM texts"            \
	  " WHERE put_at < @until ORDER BY put_at LIMIT @limit)")                        \
	X(TIDY_LOGINS, "DELETE FROM logins WHERE row IN (SELECT row FROM logins"         \
		       " WHERE changed_at < @until AND " SQL_SETTLED                     \
		       " ORDER BY changed_at LIMIT @limit)")                             \
	X(TIDY_FINDINGS, "DELETE FROM findings WHERE row IN (SELECT row FROM findings"   \
			 " WHERE changed_at < @until ORDER BY changed_at LIMIT @limit)") \
	X(TIDY_DEAD_LETTERS, "DELETE FROM dead_letters WHERE row IN (SELECT row FROM"    \
			     " dead_letters WHERE refused_at < @until"                   \
			     " ORDER BY refused_at LIMIT @limit)")                       \
	/* the times of the @limit-th oldest, where so many may go */                    \
	X(OLD_TEXTS, "SELECT put_at FROM texts WHERE put_at < @until"                    \
		     " ORDER BY put_at LIMIT 1 OFFSET @limit - 1")                       \
	X(OLD_LOGINS,                                                                    \
	  "SELECT changed_at FROM logins WHERE changed_at < @until AND " SQL_SETTLED     \
	  " ORDER BY changed_at LIMIT 1 OFFSET @limit - 1")                              \
	X(OLD_FINDINGS, "SELECT changed_at FROM findings WHERE changed_at < @until"      \
			" ORDER BY changed_at LIMIT 1 OFFSET @limit - 1")                \
	X(OLD_DEAD_LETTERS, "SELECT refused_at FROM dead_letters"                        \
			    " WHERE refused_at < @until"                                 \
			    " ORDER BY refused_at LIMIT 1 OFFSET @limit - 1")            \
	X(PAGES, "SELECT page_count, freelist_count, page_size FROM"                     \
		 " pragma_page_count, pragma_freelist_count, pragma_page_size")          \
	X(VACUUM, "PRAGMA incremental_vacuum(256)")

/* Before anything is read: WAL under an exclusive lock keeps its index in memory, so that
 * there is no -shm. */
#define SQL_LOCK "PRAGMA locking_mode = EXCLUSIVE"

/* Where the file is new; later it would be written each time. */
#define SQL_NEW "PRAGMA auto_vacuum = INCREMENTAL"

/* How every connection is set up, once the file is known to be ours. */
static const char *const store_pragmas[] = {
	"PRAGMA journal_mode = WAL",
	"PRAGMA synchronous = FULL",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA cell_size_check = ON",
	"PRAGMA mmap_size = 0",
	"PRAGMA cache_size = -512",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA secure_delete = FAST",
	"PRAGMA journal_size_limit = 2097152",
};
