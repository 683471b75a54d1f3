/* SPDX-License-Identifier: Apache-2.0 */
/* Text lines and their twins in the journal: twin_wait is 30 s, patience three times that
 * while the journal's coverage lags. */
#include "correlator/twin.h"

#include "correlator/state.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

/* The same line as rsyslog and as journald wrote it. */
#define LINE "host=web-1 pid=812 user=alice from=192.0.2.1 text=A"
#define TEXT "source=syslog trust=unverified twin=yes " LINE
#define ENTRY "source=journal trust=attested " LINE

/* The journal of web-1 was read from an hour before to an hour after. */
#define READ "read@3600 source=journal host=web-1 from=-3600;"

#define LOGIN "10 alice direct-ssh not-judged\n"
#define FORGED "! forged-log-line login-accepted\n"

static void test_live(void)
{
	static const struct scene_row rows[] = {
		{ "no journal: taken at once", "accept@10 " TEXT, LOGIN, LOGIN },
		{ "a writer without a twin",
		  READ "accept@10 source=syslog trust=unverified " LINE, LOGIN, LOGIN },
		{ "journal of another host",
		  "read@3600 source=journal host=web-2 from=-3600; accept@10 " TEXT,
		  LOGIN, LOGIN },
		{ "journal begins later",
		  "read@3600 source=journal host=web-1 from=11; accept@10 " TEXT, LOGIN,
		  LOGIN },
		{ "held", READ "accept@10 " TEXT "; now@29", "", "" },
		{ "forged: nobody said so in the journal",
		  READ "accept@10 " TEXT "; now@30", "", FORGED },
		{ "told once",
		  READ "accept@10 " TEXT "; now@30; now@31; accept@10 " TEXT "; now@90",
		  "", FORGED },
		{ "twin first", READ "accept@10 " ENTRY "; accept@10 " TEXT "; now@90",
		  LOGIN, LOGIN },
		{ "twin second",
		  READ "accept@10 " TEXT "; now@20; accept@10 " ENTRY "; now@90", LOGIN,
		  LOGIN },
		{ "whole seconds in the text",
		  READ "accept@10 " TEXT "; accept@10.953406 " ENTRY "; now@90",
		  "10.9534 alice direct-ssh not-judged\n",
		  "10.9534 alice direct-ssh not-judged\n" },
		{ "rsyslog late by 30 s",
		  READ "accept@40 " TEXT "; accept@10 " ENTRY "; now@90", LOGIN, LOGIN },
		{ "too late to be the same",
		  READ "accept@42 " TEXT "; accept@10 " ENTRY "; now@90", LOGIN,
		  LOGIN FORGED },
		{ "the hour that happens twice",
		  READ "accept@-3590 late=3600 " TEXT "; accept@10 " ENTRY "; now@90",
		  LOGIN, LOGIN },
		{ "another pid is another line",
		  READ "accept@10 " ENTRY "; accept@10 " TEXT " pid=813; now@90", LOGIN,
		  LOGIN FORGED },
		{ "another text is another line",
		  READ "accept@10 " ENTRY "; accept@10 " TEXT " text=B; now@90", LOGIN,
		  LOGIN FORGED },
		{ "a gap in the journal: given back",
		  READ "gap@20 source=journal from=15 until=25 cause=x; accept@10 " TEXT
		       "; now@30",
		  LOGIN, "! evidence-gap x\n" LOGIN },
		{ "a gap elsewhere",
		  READ "gap@20 source=journal from=50 until=60 cause=x; accept@10 " TEXT
		       "; now@30",
		  "", "! evidence-gap x\n" FORGED },
		{ "a gap told before the journal's coverage",
		  "gap@20 source=journal from=15 until=25 cause=x;" READ "accept@10 " TEXT
		  "; now@30",
		  LOGIN, "! evidence-gap x\n" LOGIN },
		{ "a gap of the text file is no excuse",
		  READ "gap@20 source=syslog from=-99 until=99 cause=x; accept@10 " TEXT
		       "; now@30",
		  "", "! evidence-gap x\n" FORGED },
		{ "coverage lags: held on",
		  "read@20 source=journal host=web-1 from=-3600; accept@10 " TEXT
		  "; now@89",
		  "", "" },
		{ "coverage lags: given back in the end",
		  "read@20 source=journal host=web-1 from=-3600; accept@10 " TEXT
		  "; now@90",
		  LOGIN, LOGIN },
		{ "coverage comes up: forged",
		  "read@20 source=journal host=web-1 from=-3600; accept@10 " TEXT
		  "; now@50; read@40 source=journal host=web-1 from=20",
		  "", FORGED },
		{ "the first held does not keep the others",
		  READ "accept@5 " TEXT " text=B; now@1; accept@10 " TEXT
		       "; now@2; accept@10 " ENTRY "; now@90",
		  LOGIN, LOGIN "! forged-log-line login-accepted\n" },
		{ "contradicted by its reader",
		  "accept@10 source=syslog trust=contradicted " LINE, "", FORGED },
		{ "an offered key may be forged too",
		  READ "offer@10 source=syslog trust=unverified twin=yes host=web-1 "
		       "pid=9 text=C "
		       "key=K; now@30",
		  "", "! forged-log-line key-offered\n" },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, "", "");
}

/* The text line becomes one more line of the login that the journal tells of. */
static void test_corroborated(void)
{
	static const char *const orders[] = {
		READ "accept@10.5 " ENTRY " evidence=7; accept@10 " TEXT
		     " evidence=8; now@90",
		READ "accept@10 " TEXT " evidence=8; accept@10.5 " ENTRY
		     " evidence=7; now@90",
	};

	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		AUTO_SCENE struct scene scene;
		const struct login *login;

		scene_open_live(&scene);
		scene_play(&scene, orders[i]);
		login = scene_verdict(&scene, 0).login;
		CHECK_TEXT(trust_word(login->trust), "attested");
		CHECK_INT(login->happened_at, AT(10.5));
		CHECK_UINT(login->evidence_count, 2);
		CHECK_UINT(login->evidence[0] + login->evidence[1], 15);
	}
}

static void test_deadline(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, "read@20 source=journal host=web-1 from=-3600");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
	scene_play(&scene, "now@5; accept@10 " TEXT "; now@6; accept@11 " TEXT " text=B");
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(35));
	/* coverage lags: the next time is when patience is over */
	scene_advance(&scene, AT(35));
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(95));
	scene_advance(&scene, AT(95));
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(96));
	scene_advance(&scene, AT(96));
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
}

/* Replay knows all coverage before the first line, and its time goes with the lines. */
static void test_complete(void)
{
	static const struct scene_row rows[] = {
		{ "corroborated", "accept@10 " TEXT "; accept@10.2 " ENTRY "; now@40",
		  NULL, "10.2 alice direct-ssh not-judged\n" },
		{ "forged", "accept@10 " TEXT "; now@40", NULL, FORGED },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, READ "now@10", "");
}

/* Entries are forgotten; a text line that comes much later finds none. */
static void test_forgotten(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   READ "accept@10 " ENTRY "; now@631; accept@11 " ENTRY " text=B;"
			"accept@10 " TEXT "; now@700");
	CHECK_TEXT(scene_told(&scene), LOGIN "11 alice direct-ssh not-judged\n" FORGED);
}

/* As many lines of the n-th process. */
static void feed_lines(struct scene *scene, enum host_source source, uint32_t first,
		       uint32_t count)
{
	for (uint32_t n = first; n < first + count; n++) {
		struct event event = { .kind = EVENT_SESSION_CLOSED,
				       .happened_at = AT(10),
				       .trust = TRUST_ATTESTED,
				       .host = SLICE("web-1"),
				       .pid = n,
				       .source = source,
				       .twin_expected = source == HOST_SOURCE_SYSLOG,
				       .text_hash = n };

		scene_feed(scene, &event);
	}
}

/* In a flood of entries the oldest go before their time; then a line without one is not
 * called forged. */
static void test_flood_of_entries(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, READ "now@10");
	feed_lines(&scene, HOST_SOURCE_JOURNAL, 1, 140000);
	CHECK_UINT(scene.correlator->twin.entries.count, 131072);
	feed_lines(&scene, HOST_SOURCE_SYSLOG, 1, 1);
	scene_advance(&scene, AT(200));
	CHECK_TEXT(scene_told(&scene), "");
}

/* In a flood of lines no more are held; that is told once a minute. */
static void test_flood_of_lines(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, READ "now@10");
	feed_lines(&scene, HOST_SOURCE_SYSLOG, 1, 17000);
	CHECK_UINT(scene.correlator->twin.held.count, 16384);
	CHECK_TEXT(scene_told(&scene),
		   "! evidence-gap more lines without a journal entry than are held\n");
	feed_lines(&scene, HOST_SOURCE_JOURNAL, 1, 16384);
	scene_advance(&scene, AT(200));
	CHECK_TEXT(scene_told(&scene), "");
}

/* A line of the Azure agent, of which there are copies: the first is told. */
static void test_copies(void)
{
	static const struct event line = { .kind = EVENT_EXTENSION,
					   .happened_at = SCENE_EPOCH,
					   .text_hash = 7,
					   .trust = TRUST_UNVERIFIED };
	static const struct {
		const char *name;
		enum host_source first, second;
		us_span later; /* the second's own time */
		uint64_t text; /* of the second */
		bool is_dropped;
	} rows[] = {
		{ "journal, file", HOST_SOURCE_JOURNAL, HOST_SOURCE_AZURE_AGENT, 0, 7,
		  true },
		{ "file, journal", HOST_SOURCE_AZURE_AGENT, HOST_SOURCE_JOURNAL, 0, 7,
		  true },
		{ "file, syslog", HOST_SOURCE_AZURE_AGENT, HOST_SOURCE_SYSLOG, 0, 7,
		  true },
		{ "syslog, file", HOST_SOURCE_SYSLOG, HOST_SOURCE_AZURE_AGENT, 0, 7,
		  true },
		{ "another time", HOST_SOURCE_AZURE_AGENT, HOST_SOURCE_JOURNAL, 1, 7,
		  false },
		{ "another text", HOST_SOURCE_AZURE_AGENT, HOST_SOURCE_JOURNAL, 0, 8,
		  false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;
		struct event event = line;

		scene_open_live(&scene);
		check_row(rows[i].name);
		event.source = rows[i].first;
		event.twin_expected = event.source == HOST_SOURCE_SYSLOG;
		CHECK(!twin_take(scene.correlator, &event));
		event.source = rows[i].second;
		event.twin_expected = event.source == HOST_SOURCE_SYSLOG;
		event.happened_at += rows[i].later;
		event.text_hash = rows[i].text;
		CHECK(twin_take(scene.correlator, &event) == rows[i].is_dropped);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "live", test_live },
		{ "corroborated", test_corroborated },
		{ "deadline", test_deadline },
		{ "complete logs", test_complete },
		{ "entries are forgotten", test_forgotten },
		{ "a flood of entries", test_flood_of_entries },
		{ "a flood of lines", test_flood_of_lines },
		{ "copies", test_copies },
		{ NULL, NULL },
	};

	return check_run("correlator/twin", tests);
}
