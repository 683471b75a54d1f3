/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in another's name: the first of each writer and minute one by one, the rest as
 * one. SCENE_EPOCH is the beginning of a minute. */
#include "correlator/forged.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/scene.h"

#define ONE "! forged-log-line login-accepted\n"
#define FIVE ONE ONE ONE ONE ONE
#define MORE "! forged-log-line "

/* The n-th forged line, as journald saw uid 1000 write it. */
static struct event forged(uint32_t n, double at)
{
	struct event event = {
		.kind = EVENT_LOGIN_ACCEPTED,
		.happened_at = AT(at),
		.evidence = n,
		.trust = TRUST_CONTRADICTED,
		.host = SLICE("web-1"),
		.pid = n,
		.source = HOST_SOURCE_JOURNAL,
		.text_hash = n,
		.forger = 1001,
	};

	event.login.user = SLICE("alice");
	event.login.source_ip = SLICE("192.0.2.1");
	return event;
}

/* `count` of them, each a tenth of a second after the other. */
static void feed(struct scene *scene, uint32_t first, uint32_t count, double at)
{
	for (uint32_t n = 0; n < count; n++) {
		struct event event = forged(first + n, at + n / 10.0);

		scene_feed(scene, &event);
	}
}

static void test_first_and_rest(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, "now@1");
	feed(&scene, 1, 5, 0);
	CHECK_TEXT(scene_told(&scene), FIVE);
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
	feed(&scene, 6, 37, 0.5);
	CHECK_TEXT(scene_told(&scene), "");
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(61));
	scene_advance(&scene, AT(60.9));
	CHECK_TEXT(scene_told(&scene), "");
	scene_advance(&scene, AT(61));
	CHECK_TEXT(scene_told(&scene),
		   MORE "37 more login-accepted lines in this minute, written by uid "
			"1000, that name: alice from 192.0.2.1\n");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
	/* the next minute begins anew */
	feed(&scene, 100, 6, 60);
	CHECK_TEXT(scene_told(&scene), FIVE);
	scene_advance(&scene, AT(121));
	CHECK_TEXT(scene_told(&scene),
		   MORE "1 more login-accepted line in this minute, written by uid 1000, "
			"that name: alice from 192.0.2.1\n");
}

/* Everything that makes another writer, or another kind, has lines of its own. */
static void test_told_apart(void)
{
	AUTO_SCENE struct scene scene;
	struct event event;

	scene_open_live(&scene);
	feed(&scene, 1, 5, 0);
	event = forged(11, 1);
	event.forger = 1002;
	scene_feed(&scene, &event);
	event = forged(12, 1);
	event.forger = 0;
	scene_feed(&scene, &event);
	event = forged(13, 1);
	event.host = SLICE("web-2");
	scene_feed(&scene, &event);
	event = forged(14, 1);
	event.source = HOST_SOURCE_SYSLOG;
	scene_feed(&scene, &event);
	event = forged(15, 1);
	event.kind = EVENT_KEY_PARTIAL;
	scene_feed(&scene, &event);
	CHECK_TEXT(scene_told(&scene),
		   FIVE ONE ONE ONE ONE "! forged-log-line key-partial\n");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
}

static void test_told_once(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	feed(&scene, 1, 3, 0);
	feed(&scene, 1, 3, 0);
	feed(&scene, 4, 2, 1);
	feed(&scene, 1, 3, 0);
	CHECK_TEXT(scene_told(&scene), FIVE);
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
}

/* ---- what is told ---- */

struct told {
	struct id id;
	bool is_again;
	us_time happened_at, from, until;
	uint64_t evidence, samples[LIMIT_FORGED_CLAIMS];
	uint32_t sample_count;
	char detail[1200];
};

#define LINES 400

struct heard {
	struct told told[LINES];
	size_t count;
	struct buf *log; /* NULL = none */
};

static void hear(void *ctx, const struct observation *observation)
{
	struct heard *heard = ctx;
	struct told *told = &heard->told[heard->count];
	char id[ID_TEXT_BYTES];

	if (heard->log)
		buf_append_format(heard->log, "%s %d %.*s\n",
				  id_to_text(&observation->id, id), observation->is_again,
				  SLICE_ARG(observation->detail));
	if (heard->count == COUNT_OF(heard->told))
		return;
	heard->count++;
	*told = (struct told){ .id = observation->id,
			       .is_again = observation->is_again,
			       .happened_at = observation->happened_at,
			       .from = observation->from,
			       .until = observation->until,
			       .evidence = observation->evidence,
			       .sample_count = observation->sample_count };
	CHECK(observation->sample_count < LIMIT_FORGED_CLAIMS);
	for (uint32_t i = 0; i < observation->sample_count; i++)
		told->samples[i] = observation->samples[i];
	(void)snprintf(told->detail, sizeof(told->detail), "%.*s",
		       SLICE_ARG(observation->detail));
}

static struct correlator *open_heard(struct heard *heard, bool is_complete)
{
	struct correlator_options options = correlator_options_default();
	const struct correlator_sink sink = { NULL, hear, heard };

	options.logs_are_complete = is_complete;
	return correlator_new(&options, &sink);
}

static bool same_id(const struct told *one, const struct told *other)
{
	return memcmp(one->id.bytes, other->id.bytes, ID_BYTES) == 0;
}

/* Whom they name stays findable: a sample of each, as many as are kept. */
static void test_samples(void)
{
	static struct heard heard;
	struct correlator *correlator = open_heard(&heard, false);
	char user[32];

	for (uint32_t n = 1; n <= 45; n++) {
		struct event event = forged(n, n);

		(void)snprintf(user, sizeof(user), "user%u", n < 10 ? 10 : n / 4 * 4);
		event.login.user = slice_text(user);
		if (n == 7)
			event.login.source_ip = SLICE("");
		correlator_feed(correlator, &event, AT(0));
	}
	correlator_advance(correlator, AT(60));
	CHECK_UINT(heard.count, 6);
	CHECK_TEXT(heard.told[5].detail,
		   "40 more login-accepted lines in this minute, written by uid 1000, "
		   "that name, among others: user10 from 192.0.2.1, user10, user8 from "
		   "192.0.2.1, user12 from 192.0.2.1, user16 from 192.0.2.1, user20 from "
		   "192.0.2.1, user24 from 192.0.2.1, user28 from 192.0.2.1");
	CHECK_INT(heard.told[5].happened_at, AT(0));
	CHECK_INT(heard.told[5].from, AT(6));
	CHECK_INT(heard.told[5].until, AT(45));
	CHECK_UINT(heard.told[5].evidence, 6);
	CHECK_UINT(heard.told[5].sample_count, 7);
	CHECK_UINT(heard.told[5].samples[0], 7);
	CHECK_UINT(heard.told[5].samples[6], 28);
	correlator_free(correlator);
}

/* Lines of hostile length and bytes, and gaps of no time, are counted like others. */
static void test_hostile(void)
{
	static char big[100000];
	static struct heard heard;
	struct correlator *correlator = open_heard(&heard, false);

	memset(big, 'x', sizeof(big));
	for (uint32_t n = 1; n <= 30; n++) {
		struct event event = forged(n, n);

		big[n] = '\0';
		event.forger = UINT32_MAX;
		event.login.user = event.login.source_ip = slice_of(big, sizeof(big));
		correlator_feed(correlator, &event, AT(0));
		event.kind = EVENT_GAP;
		event.gap = (struct gap){ .from = US_TIME_NONE, .until = US_TIME_NONE };
		event.happened_at = n % 2 ? US_TIME_NONE : INT64_MAX;
		event.text_hash = n;
		correlator_feed(correlator, &event, AT(0));
	}
	correlator_advance(correlator, AT(1000));
	CHECK_UINT(heard.count, 13);
	CHECK(strlen(heard.told[10].detail) < 1000);
	correlator_free(correlator);
}

/* ---- order and time ---- */

/* As many minutes of eight lines, fed in this order; what is told of those that were
 * counted comes to the same. */
static void test_orders(void)
{
	static const uint32_t orders[][12] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 },
		{ 0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 11 },
		{ 4, 3, 2, 1, 0, 9, 8, 7, 6, 5, 11, 10 },
	};
	static struct heard heards[COUNT_OF(orders)];

	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		struct heard *heard = &heards[i];
		struct correlator *correlator = open_heard(heard, i % 2);

		for (size_t k = 0; k < COUNT_OF(orders[i]); k++)
			for (uint32_t n = 0; n < 8; n++) {
				uint32_t minute = orders[i][k];
				struct event event =
					forged(8 * minute + n + 1, 60 * minute + n);

				correlator_feed(correlator, &event, AT(0));
			}
		correlator_advance(correlator, AT(3600));
		CHECK_UINT(heard->count, (size_t)12 * 6);
		for (size_t a = 0; a < heard->count; a++) {
			bool found = false;

			for (size_t b = 0; b < heards[0].count && !found; b++)
				found = same_id(&heard->told[a], &heards[0].told[b]) &&
					strcmp(heard->told[a].detail,
					       heards[0].told[b].detail) == 0;
			CHECK(found);
			CHECK(!heard->told[a].is_again);
		}
		correlator_free(correlator);
	}
}

/* Lines that are older than what is told apart win nothing by it. */
static void test_chosen_times(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	feed(&scene, 1, 5, 3600);
	CHECK_TEXT(scene_told(&scene), FIVE);
	for (uint32_t n = 0; n < 50; n++)
		feed(&scene, 10 + n, 1, 60 * n);
	CHECK_TEXT(scene_told(&scene), "");
	scene_advance(&scene, AT(60));
	CHECK_TEXT(scene_told(&scene),
		   MORE "50 more login-accepted lines in this minute, written by uid "
			"1000, that name: alice from 192.0.2.1\n");
	/* who was silent since is news, whatever the time of what he wrote last */
	scene_advance(&scene, AT(1000));
	feed(&scene, 100, 5, 100);
	CHECK_TEXT(scene_told(&scene), FIVE);
}

/* More of a minute that was told: told again, under the same id. */
static void test_again(void)
{
	static struct heard heard;
	struct correlator *correlator = open_heard(&heard, false);

	for (uint32_t n = 1; n <= 9; n++) {
		struct event event = forged(n, n);

		correlator_feed(correlator, &event, AT(n < 8 ? 0 : 70));
	}
	CHECK_UINT(heard.count, 6);
	CHECK_INT(correlator_next_deadline(correlator), AT(130));
	correlator_advance(correlator, AT(130));
	CHECK_UINT(heard.count, 7);
	CHECK(same_id(&heard.told[5], &heard.told[6]));
	CHECK(!heard.told[5].is_again && heard.told[6].is_again);
	CHECK(strncmp(heard.told[5].detail, "2 more", 6) == 0);
	CHECK(strncmp(heard.told[6].detail, "4 more", 6) == 0);
	CHECK_INT(heard.told[6].from, AT(6));
	correlator_free(correlator);
}

/* ---- lines that are held for their twins ---- */

static struct event held(uint32_t n, double at)
{
	struct event event = forged(n, at);

	event.trust = TRUST_UNVERIFIED;
	event.source = HOST_SOURCE_SYSLOG;
	event.twin_expected = true;
	event.forger = 0;
	return event;
}

static void test_twins(void)
{
	AUTO_SCENE struct scene scene;
	struct event event;

	scene_open_live(&scene);
	scene_play(&scene, "read@3600 source=journal host=web-1 from=-3600; now@1");
	for (uint32_t n = 1; n <= 12; n++) {
		event = held(n, n);
		scene_feed(&scene, &event);
	}
	/* the twins of four come late, two of them too late */
	for (uint32_t n = 1; n <= 4; n++) {
		event = held(n * 3, n * 3);
		event.source = HOST_SOURCE_JOURNAL;
		event.trust = TRUST_ATTESTED;
		if (n == 3)
			scene_advance(&scene, AT(31));
		scene_feed(&scene, &event);
	}
	CHECK_TEXT(scene_told(&scene),
		   "3 alice direct-ssh not-judged\n6 alice direct-ssh not-judged\n" FIVE
		   "9 alice direct-ssh not-judged\n12 alice direct-ssh not-judged\n");
	/* twice three twin_waits after it was fed */
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(181));
	scene_advance(&scene, AT(181));
	CHECK_TEXT(scene_told(&scene),
		   MORE "5 more login-accepted lines in this minute, that name: alice "
			"from 192.0.2.1\n");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
}

/* ---- ceilings ---- */

static void test_many_writers(void)
{
	static struct heard heard;
	struct correlator *correlator = open_heard(&heard, false);
	const size_t apart = LIMIT_FORGED_WRITERS;

	for (uint32_t n = 0; n < 1000; n++) {
		struct event event = forged(n, n / 100.0);

		event.forger = 100000 + n;
		correlator_feed(correlator, &event, AT(0));
	}
	CHECK_UINT(heard.count, apart + LIMIT_FORGED_TOLD);
	correlator_advance(correlator, AT(600));
	CHECK_UINT(heard.count, apart + LIMIT_FORGED_TOLD + 1);
	CHECK_TEXT(heard.told[heard.count - 1].detail,
		   "931 more forged lines in this minute by many writers, that name: "
		   "alice from 192.0.2.1");
	/* they are silent since: there is room for others */
	for (uint32_t n = 0; n < 3; n++) {
		struct event event = forged(5000 + n, 900);

		event.forger = 200000 + n;
		correlator_feed(correlator, &event, AT(900));
	}
	CHECK_UINT(heard.count, apart + LIMIT_FORGED_TOLD + 4);
	correlator_free(correlator);
}

/* ---- complete logs ---- */

static void test_complete(void)
{
	static struct heard heard;
	struct correlator *correlator = open_heard(&heard, true);

	for (uint32_t n = 1; n <= 600; n++) {
		struct event event = forged(n, n % 60);

		correlator_feed(correlator, &event, AT((double)n));
	}
	CHECK_UINT(heard.count, 5);
	CHECK_INT(correlator_next_deadline(correlator), US_TIME_NONE);
	correlator_advance(correlator, AT(600));
	CHECK_UINT(heard.count, 6);
	CHECK(strncmp(heard.told[5].detail, "595 more", 8) == 0);
	correlator_advance(correlator, AT(600));
	CHECK_UINT(heard.count, 6);
	correlator_free(correlator);
}

/* ---- restarts ---- */

struct line {
	struct event event;
	us_time fed_at;
};

/* Lines of three writers, in bursts, out of order, some old, some held. */
static void make_lines(struct line *lines, uint64_t seed)
{
	uint64_t state = seed;
	us_time now = AT(0);

	for (uint32_t n = 0; n < LINES; n++) {
		uint64_t random = random_next(&state) >> 16;
		double at;

		if (random % 50 == 0)
			now += (us_span)(random >> 8 & 127) * US_PER_SECOND;
		at = (double)(now - SCENE_EPOCH) / 1e6 - (double)(random >> 16 & 255);
		if (random % 32 == 5)
			at -= 600;
		lines[n].event = random >> 24 & 1 ? held(n, at) : forged(n, at);
		if (lines[n].event.forger)
			lines[n].event.forger += random >> 25 & 1;
		lines[n].fed_at = now;
	}
}

static struct correlator *open_logged(struct heard *heard, struct buf *log)
{
	const struct event read = {
		.kind = EVENT_HOST_COVERAGE,
		.source = HOST_SOURCE_JOURNAL,
		.host_coverage = { .source = HOST_SOURCE_JOURNAL,
				   .from = AT(-36000),
				   .until = AT(360000),
				   .host = SLICE("web-1") },
	};
	struct correlator *correlator;

	*heard = (struct heard){ .log = log };
	correlator = open_heard(heard, false);
	correlator_feed(correlator, &read, AT(0));
	return correlator;
}

/* As an agent: what is due comes before what is fed later. */
static void pass_time(struct correlator *correlator, us_time until)
{
	us_time due;

	while ((due = correlator_next_deadline(correlator)) != US_TIME_NONE &&
	       due <= until)
		correlator_advance(correlator, due);
	correlator_advance(correlator, until);
}

/* One correlator lives on; another is fed the same lines again, without the time between
 * them, as a start does. From there on both tell the same: nothing is lost, nothing told
 * twice. */
static void check_restart(const struct line *lines, size_t cut, us_span after)
{
	static struct heard heard, heard_again;
	AUTO_BUF struct buf log = BUF_LIMIT(1 << 20);
	AUTO_BUF struct buf log_again = BUF_LIMIT(1 << 20);
	struct correlator *lives = open_logged(&heard, &log);
	struct correlator *again = open_logged(&heard_again, &log_again);

	for (size_t i = 0; i < cut; i++) {
		pass_time(lives, lines[i].fed_at);
		correlator_feed(lives, &lines[i].event, lines[i].fed_at);
		correlator_feed(again, &lines[i].event, lines[i].fed_at);
	}
	pass_time(lives, lines[cut - 1].fed_at + after);
	correlator_advance(again, lines[cut - 1].fed_at + after);
	CHECK_INT(correlator_next_deadline(again), correlator_next_deadline(lives));
	buf_clear(&log);
	buf_clear(&log_again);
	for (size_t i = cut; i < LINES; i++) {
		us_time now = lines[i].fed_at + after;

		pass_time(lives, now);
		pass_time(again, now);
		correlator_feed(lives, &lines[i].event, now);
		correlator_feed(again, &lines[i].event, now);
	}
	pass_time(lives, lines[LINES - 1].fed_at + US_PER_DAY);
	pass_time(again, lines[LINES - 1].fed_at + US_PER_DAY);
	CHECK_TEXT(buf_text(&log_again), buf_text(&log));
	correlator_free(lives);
	correlator_free(again);
}

static void test_restart(void)
{
	static const us_span after[] = { 0, 17 * US_PER_SECOND, 100 * US_PER_SECOND,
					 US_PER_HOUR };
	static struct line lines[LINES];

	for (uint64_t seed = 1; seed <= 40; seed++) {
		make_lines(lines, seed);
		for (size_t cut = 1 + seed % 7; cut < LINES; cut += 23)
			check_restart(lines, cut, after[(seed + cut) % COUNT_OF(after)]);
	}
}

/* A held line that came before what was counted was told, and was found out after it. */
static void test_restart_between(void)
{
	static struct heard heard[2];
	struct correlator *correlators[2];

	for (size_t i = 0; i < 2; i++) {
		correlators[i] = open_logged(&heard[i], NULL);
		for (uint32_t n = 1; n <= 7; n++) {
			struct event event = held(n, n);
			us_time now = AT(n < 7 ? 0 : 170);

			if (i == 0)
				pass_time(correlators[i], now);
			correlator_feed(correlators[i], &event, now);
		}
		if (i == 0)
			pass_time(correlators[i], AT(205));
		correlator_advance(correlators[i], AT(205));
		CHECK_INT(correlator_next_deadline(correlators[i]), AT(350));
		heard[i].count = 0;
		correlator_advance(correlators[i], AT(350));
		CHECK_UINT(heard[i].count, 1);
		CHECK(heard[i].told[0].is_again);
		CHECK(strncmp(heard[i].told[0].detail, "2 more", 6) == 0);
		CHECK_INT(correlator_next_deadline(correlators[i]), US_TIME_NONE);
		correlator_free(correlators[i]);
	}
}

/* Nothing is lost: what is told one by one and what is counted is all there was. */
static void test_all_is_told(void)
{
	static struct line lines[LINES];

	for (uint64_t seed = 1; seed <= 40; seed++) {
		static struct heard heard;
		AUTO_BUF struct buf log = BUF_LIMIT(1 << 20);
		struct correlator *correlator = open_logged(&heard, &log);
		uint64_t told = 0;

		make_lines(lines, seed);
		for (size_t i = 0; i < LINES; i++) {
			pass_time(correlator, lines[i].fed_at);
			correlator_feed(correlator, &lines[i].event, lines[i].fed_at);
		}
		pass_time(correlator, lines[LINES - 1].fed_at + US_PER_HOUR);
		CHECK(heard.count < LINES);
		for (size_t i = 0; i < heard.count; i++) {
			bool is_last = true;

			for (size_t k = i + 1; k < heard.count; k++)
				is_last &= !same_id(&heard.told[i], &heard.told[k]);
			if (is_last)
				told += strstr(heard.told[i].detail, " more ")
						? strtoull(heard.told[i].detail, NULL, 10)
						: 1;
		}
		CHECK_UINT(told, LINES);
		correlator_free(correlator);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "the first, and the rest", test_first_and_rest },
		{ "who is told apart", test_told_apart },
		{ "told once", test_told_once },
		{ "samples", test_samples },
		{ "hostile lines", test_hostile },
		{ "orders", test_orders },
		{ "times of the forger's choice", test_chosen_times },
		{ "told again", test_again },
		{ "twins", test_twins },
		{ "many writers", test_many_writers },
		{ "complete logs", test_complete },
		{ "restarts", test_restart },
		{ "a restart between", test_restart_between },
		{ "all is told", test_all_is_told },
		{ NULL, NULL },
	};

	return check_run("correlator/forged", tests);
}
