/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/zone.h"
#include "policy/baseline_key.h"
#include "tests/support/check.h"
#include "tests/unit/policy/baseline_lab.h"

/* 2026-03-02T10:00:00Z, a Monday. */
#define MONDAY ((us_time)1772445600 * US_PER_SECOND)
#define ALICE "arn:aws:sts::111122223333:assumed-role/ops/alice@example.org"
#define BOB "arn:aws:sts::111122223333:assumed-role/ops/bob@example.org"

static struct baseline_options options_of(us_span learning)
{
	struct baseline_options options = baseline_options_default();

	options.learning = learning;
	return options;
}

static void login(struct baseline_lab *lab, us_time at, const char *principal,
		  const char *source_ip, const char *os_user)
{
	const struct lab_login said = { at,	   principal, source_ip, os_user,
					PATH_NONE, NULL,      NULL };

	CHECK(baseline_lab_learn(lab, &said));
}

static void check_detail(const struct baseline_lab *lab, const char *want)
{
	CHECK(lab->told_count > 0);
	if (lab->told_count)
		CHECK_SLICE(lab->told[lab->told_count - 1].detail, slice_text(want));
}

/* ---- names ------------------------------------------------------------------------ */

static void test_principals(void)
{
	static const struct {
		const char *name, *principal, *want;
	} rows[] = {
		{ "a user", "arn:aws:iam::111122223333:user/Alice",
		  "arn:aws:iam::111122223333:user/alice" },
		{ "a role and whose session",
		  "arn:aws:sts::111122223333:assumed-role/Ops/Alice@Example.org",
		  "arn:aws:sts::111122223333:assumed-role/ops/alice@example.org" },
		{ "an SDK's session",
		  "arn:aws:sts::111122223333:assumed-role/ci/botocore-session-1769594395",
		  "arn:aws:sts::111122223333:assumed-role/ci/botocore-session-*" },
		{ "a session of digits",
		  "arn:aws:sts::111122223333:assumed-role/ci/1769594395953406000",
		  "arn:aws:sts::111122223333:assumed-role/ci/*" },
		{ "a session with a number",
		  "arn:aws:sts::111122223333:assumed-role/ci/agent-1769",
		  "arn:aws:sts::111122223333:assumed-role/ci/agent-1769" },
		{ "a UUID",
		  "arn:aws:sts::111122223333:assumed-role/ci/"
		  "run-123E4567-e89b-12d3-a456-426614174000",
		  "arn:aws:sts::111122223333:assumed-role/ci/run-*" },
		{ "hexadecimal",
		  "arn:aws:sts::111122223333:assumed-role/ci/x-9f86d081884c7d65",
		  "arn:aws:sts::111122223333:assumed-role/ci/x-*" },
		{ "letters are no number",
		  "arn:aws:sts::111122223333:assumed-role/ci/deadbeefdeadbeef",
		  "arn:aws:sts::111122223333:assumed-role/ci/deadbeefdeadbeef" },
		{ "an instance",
		  "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0",
		  "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0" },
		{ "a user with a number", "arn:aws:iam::111122223333:user/1769594395",
		  "arn:aws:iam::111122223333:user/1769594395" },
		{ "a UPN", "Alice@Example.org", "alice@example.org" },
		{ "a service", "ssm.amazonaws.com", "ssm.amazonaws.com" },
		{ "nobody", "", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf key = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES);

		check_row(rows[i].name);
		baseline_key_append_principal(&key, slice_text(rows[i].principal));
		CHECK_TEXT(buf_text(&key), rows[i].want);
	}
}

static void test_networks(void)
{
	static const struct {
		const char *name, *source, *want;
		unsigned ipv4_prefix, ipv6_prefix;
	} rows[] = {
		{ "the usual", "203.0.113.77", "203.0.113.0/24", 24, 48 },
		{ "an address", "203.0.113.77", "203.0.113.77/32", 32, 128 },
		{ "all", "203.0.113.77", "0.0.0.0/0", 0, 0 },
		{ "in the middle of a byte", "203.0.113.77", "203.0.112.0/20", 20, 48 },
		{ "too long a prefix", "203.0.113.77", "203.0.113.77/32", 99, 999 },
		{ "v6", "2001:DB8:1:2::3", "2001:db8:1::/48", 24, 48 },
		{ "v6 whole", "2001:db8:1:2::3", "2001:db8:1:2::3/128", 24, 128 },
		{ "v4 in v6", "::ffff:203.0.113.77", "203.0.113.0/24", 24, 48 },
		{ "a service", "SSM.amazonaws.com", "ssm.amazonaws.com", 24, 48 },
		{ "words", "AWS Internal", "aws internal", 24, 48 },
		{ "no address", "203.0.113.777", "203.0.113.777", 24, 48 },
		{ "nothing", "", "", 24, 48 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf key = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES);
		struct baseline_options options = baseline_options_default();

		check_row(rows[i].name);
		options.ipv4_prefix = rows[i].ipv4_prefix;
		options.ipv6_prefix = rows[i].ipv6_prefix;
		baseline_key_append_network(&key, slice_text(rows[i].source), &options);
		CHECK_TEXT(buf_text(&key), rows[i].want);
	}
}

static void test_long_names(void)
{
	char name[2 * LIMIT_BASELINE_KEY_BYTES];
	AUTO_BUF struct buf one = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES);
	AUTO_BUF struct buf other = BUF_LIMIT(LIMIT_BASELINE_KEY_BYTES);

	memset(name, 'a', sizeof(name));
	baseline_key_append(&one, slice_of(name, sizeof(name)));
	name[sizeof(name) - 1] = 'b';
	baseline_key_append(&other, slice_of(name, sizeof(name)));
	CHECK(one.len > 0 && one.len <= LIMIT_BASELINE_KEY_BYTES);
	CHECK(other.len > 0);
	CHECK(!slice_equal(buf_slice(&one), buf_slice(&other)));
}

/* Whose address counts: the peer's where it reached sshd itself, else the caller's. */
static void test_sources(void)
{
	static const struct {
		const char *name;
		enum path path, through;
		const char *peer, *caller, *want;
	} rows[] = {
		{ "a session", PATH_AWS_SSM_SESSION, PATH_NONE, "", "203.0.113.7",
		  "203.0.113.7" },
		{ "Instance Connect", PATH_AWS_EC2_INSTANCE_CONNECT, PATH_NONE,
		  "198.51.100.1", "203.0.113.7", "203.0.113.7" },
		{ "OS Login", PATH_GCP_OS_LOGIN, PATH_NONE, "198.51.100.1", "192.0.2.9",
		  "198.51.100.1" },
		{ "OS Login through a tunnel", PATH_GCP_OS_LOGIN, PATH_GCP_IAP_TUNNEL,
		  "192.0.2.20", "203.0.113.7", "203.0.113.7" },
		{ "SSH", PATH_DIRECT_SSH, PATH_NONE, "198.51.100.1", NULL,
		  "198.51.100.1" },
		{ "not said", PATH_AZURE_ENTRA_SSH, PATH_NONE, "", NULL, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct login login = { .path = rows[i].path,
					     .through = rows[i].through,
					     .source_ip = slice_text(rows[i].peer) };
		const struct event call = { .api_call.source_ip =
						    slice_text(rows[i].caller) };

		check_row(rows[i].name);
		CHECK_SLICE(baseline_source_of(&login, rows[i].caller ? &call : NULL),
			    slice_text(rows[i].want));
	}
}

/* ---- what is new ------------------------------------------------------------------ */

static void test_learning(void)
{
	const struct baseline_options options = options_of(14 * US_PER_DAY);
	struct baseline_learning learning;
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	CHECK(baseline_learning_at(lab.baseline, 0, &learning));
	CHECK_INT(learning.began_at, US_TIME_NONE);
	login(&lab, MONDAY, ALICE, "203.0.113.7", "root");
	login(&lab, MONDAY + 13 * US_PER_DAY, BOB, "198.51.100.7", "root");
	CHECK_UINT(lab.told_count, 0);
	CHECK(baseline_learning_at(lab.baseline, 0, &learning));
	CHECK_TEXT(learning.kind, "principal");
	CHECK_INT(learning.began_at, MONDAY);
	CHECK_INT(learning.learned_at, MONDAY + 14 * US_PER_DAY);
	CHECK_UINT(learning.rows, 2);

	/* what was learned is no news, what was not is, once */
	login(&lab, MONDAY + 15 * US_PER_DAY, ALICE, "203.0.113.99", "root");
	CHECK_UINT(lab.told_count, 0);
	login(&lab, MONDAY + 15 * US_PER_DAY, "arn:aws:iam::111122223333:user/mallory",
	      "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 1);
	CHECK_INT(lab.told[0].kind, OBSERVATION_NEW_PRINCIPAL);
	check_detail(&lab, "first login of arn:aws:iam::111122223333:user/mallory on "
			   "this host; 2 principals were known");
	login(&lab, MONDAY + 15 * US_PER_DAY, "arn:aws:iam::111122223333:user/mallory",
	      "192.0.2.1", "root");
	CHECK_UINT(lab.told_count, 2);
	check_detail(&lab, "first login from 192.0.2.0/24 on this host; 2 networks were "
			   "known");
	login(&lab, MONDAY + 16 * US_PER_DAY, "arn:aws:iam::111122223333:user/mallory",
	      "192.0.2.77", "root");
	CHECK_UINT(lab.told_count, 2);
	/* one from before, which came late, is of the time of learning */
	login(&lab, MONDAY + 2 * US_PER_DAY, "arn:aws:iam::111122223333:user/carol",
	      "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 2);
	baseline_lab_release(&lab);
}

static void test_paths(void)
{
	const struct baseline_options options = options_of(US_PER_SECOND);
	struct lab_login said = { MONDAY,    ALICE, "203.0.113.7", "root",
				  PATH_NONE, NULL,  NULL };
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	CHECK(baseline_lab_learn(&lab, &said));
	said.at += US_PER_MINUTE;
	said.path = PATH_AWS_SERIAL_CONSOLE;
	CHECK(baseline_lab_learn(&lab, &said));
	CHECK_UINT(lab.told_count, 1);
	CHECK_INT(lab.told[0].kind, OBSERVATION_NEW_PATH);
	check_detail(&lab, "first login through aws-serial-console on this host; 1 door "
			   "was known");
	baseline_lab_release(&lab);
}

/* What is new of the tunnel is told as the tunnel's, and by who opened it: a suppression
 * of who made the other call must not fit it. */
static void test_whose(void)
{
	const struct baseline_options options = options_of(US_PER_SECOND);
	struct lab_login said = { .at = MONDAY,
				  .principal = ALICE,
				  .source_ip = "203.0.113.7",
				  .os_user = "root" };
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	CHECK(baseline_lab_learn(&lab, &said));
	said.at += US_PER_MINUTE;
	said.tunnel_principal = BOB;
	said.tunnel_source_ip = "198.51.100.7";
	CHECK(baseline_lab_learn(&lab, &said));
	/* principal, network, door */
	CHECK_UINT(lab.told_count, 3);
	for (size_t i = 0; i < lab.told_count; i++) {
		CHECK_SLICE(lab.told[i].caller, SLICE(BOB));
		CHECK_INT(lab.told[i].path, PATH_AWS_EICE_TUNNEL);
	}
	baseline_lab_release(&lab);
}

static void test_switched_off(void)
{
	struct baseline_options options = options_of(0);
	struct baseline_lab lab;

	options.new_principal = false;
	options.new_source_network = false;
	options.new_path = false;
	baseline_lab_init(&lab, &options);
	login(&lab, MONDAY, ALICE, "203.0.113.7", "root");
	login(&lab, MONDAY + US_PER_DAY, BOB, "198.51.100.7", "root");
	CHECK_UINT(lab.told_count, 0);
	/* but learned, for when they are switched on */
	CHECK_UINT(baseline_lab_rows(&lab, "principal"), 2);
	CHECK_UINT(baseline_lab_rows(&lab, "recent"), 0);
	baseline_lab_release(&lab);
}

static void ignore_row(void *ctx, const struct baseline_row *row)
{
	(void)row;
	++*(int *)ctx;
}

static void ignore_observation(void *ctx, const struct observation *observation)
{
	(void)observation;
	++*(int *)ctx;
}

static void test_others_teach_nothing(void)
{
	const struct baseline_options options = options_of(0);
	struct baseline *baseline = baseline_new(&options);
	const struct login login = { .happened_at = MONDAY,
				     .path = PATH_AWS_SSM_SESSION,
				     .os_user = SLICE("root") };
	int calls = 0;
	const struct baseline_sink sink = { .keep = ignore_row,
					    .observation = ignore_observation,
					    .ctx = &calls };

	for (int kind = 0; kind < VERDICT_COUNT; kind++) {
		const struct verdict verdict = { .login = &login,
						 .verdict = (enum verdict_kind)kind };

		CHECK_INT(baseline_learn(baseline, &verdict, &sink),
			  kind == VERDICT_AUTHORIZED);
		if (kind != VERDICT_AUTHORIZED)
			CHECK_INT(calls, 0);
		calls = 0;
	}
	baseline_free(baseline);
}

/* ---- hours ------------------------------------------------------------------------ */

static void test_hours(void)
{
	struct baseline_options options = options_of(US_PER_DAY);
	struct baseline_lab lab;

	options.unusual_hour = true;
	options.unusual_hour_after = 5;
	baseline_lab_init(&lab, &options);
	/* Monday to Thursday at 10 */
	for (int day = 0; day < 4; day++)
		login(&lab, MONDAY + day * US_PER_DAY, ALICE, "203.0.113.7", "root");
	/* too few are known of */
	login(&lab, MONDAY + 3 * US_PER_DAY + 5 * US_PER_HOUR, ALICE, "203.0.113.7",
	      "root");
	CHECK_UINT(lab.told_count, 0);
	/* the hour beside a known one */
	login(&lab, MONDAY + 4 * US_PER_DAY - US_PER_HOUR, ALICE, "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 0);
	login(&lab, MONDAY + 4 * US_PER_DAY - 7 * US_PER_HOUR, ALICE, "203.0.113.7",
	      "root");
	CHECK_UINT(lab.told_count, 1);
	CHECK_INT(lab.told[0].kind, OBSERVATION_UNUSUAL_HOUR);
	check_detail(&lab, "root has come 6 times and never from 02:00 to 05:00 (UTC)");
	/* from then on it is known */
	login(&lab, MONDAY + 5 * US_PER_DAY - 7 * US_PER_HOUR, ALICE, "203.0.113.7",
	      "root");
	CHECK_UINT(lab.told_count, 1);
	/* another user has hours of its own, and too few of them */
	login(&lab, MONDAY + 5 * US_PER_DAY - 2 * US_PER_HOUR, ALICE, "203.0.113.7",
	      "ubuntu");
	CHECK_UINT(lab.told_count, 1);
	CHECK(baseline_lab_row(&lab, "hour", "ubuntu 08") != NULL);
	baseline_lab_release(&lab);
}

static void test_midnight(void)
{
	struct baseline_options options = options_of(0);
	struct baseline_lab lab;

	options.unusual_hour = true;
	options.unusual_hour_after = 1;
	options.new_principal = options.new_source_network = options.new_path = false;
	baseline_lab_init(&lab, &options);
	/* 23:30, then 00:30 */
	login(&lab, MONDAY + 13 * US_PER_HOUR + 30 * US_PER_MINUTE, ALICE, "203.0.113.7",
	      "root");
	login(&lab, MONDAY + 14 * US_PER_HOUR + 30 * US_PER_MINUTE, ALICE, "203.0.113.7",
	      "root");
	CHECK_UINT(lab.told_count, 0);
	CHECK(baseline_lab_row(&lab, "hour", "root 23") != NULL);
	CHECK(baseline_lab_row(&lab, "hour", "root 00") != NULL);
	baseline_lab_release(&lab);
}

static void test_zone(void)
{
	struct baseline_options options = options_of(0);
	AUTO_ZONE struct zone *zone = NULL;
	struct err err;

	CHECK_OK(zone_new("-11:00", &zone, &err), &err);
	options.zone = zone;
	CHECK_INT(baseline_hour_of(MONDAY, &options), 23);
	CHECK_INT(baseline_hour_of(0, &options), 13);
	options.zone = NULL;
	CHECK_INT(baseline_hour_of(MONDAY, &options), 10);
}

/* ---- ceilings --------------------------------------------------------------------- */

static void test_flood(void)
{
	const struct baseline_options options = options_of(US_PER_SECOND);
	const size_t logins = 20000;
	struct baseline_lab lab;
	uint64_t apart = 0;

	baseline_lab_init(&lab, &options);
	login(&lab, MONDAY, ALICE, "203.0.113.7", "root");
	for (size_t i = 0; i < logins; i++) {
		char name[64];

		snprintf(name, sizeof(name), "mallory-%zu", i);
		login(&lab, MONDAY + US_PER_MINUTE + (us_time)i, name, "203.0.113.7",
		      "root");
	}
	CHECK_UINT(baseline_lab_rows(&lab, "principal"), LIMIT_BASELINE_PRINCIPALS);
	CHECK(!baseline_lab_row(&lab, "principal", ALICE)); /* seen least lately */
	CHECK(baseline_lab_row(&lab, "principal", "mallory-19999") != NULL);
	/* 15 apart, then one that is told again whenever there are twice as many */
	for (size_t i = 0; i < lab.told_count; i++)
		apart += !lab.told[i].is_again;
	CHECK_UINT(apart, LIMIT_BASELINE_TOLD);
	CHECK_UINT(lab.told_count, LIMIT_BASELINE_TOLD + 14);
	check_detail(&lab, "16384 more in the hour from 2026-03-02T10:00:00Z; the "
			   "latest: first login of mallory-16398 on this host; 4096 "
			   "principals were known");
	/* the next hour has its own */
	login(&lab, MONDAY + US_PER_HOUR, "eve", "203.0.113.7", "root");
	CHECK(!lab.told[lab.told_count - 1].is_again);
	/* one of the hour before that comes late is counted with it */
	login(&lab, MONDAY + 2 * US_PER_MINUTE, "late", "203.0.113.7", "root");
	CHECK_UINT(baseline_lab_row(&lab, "told", "principal")->count, 2);
	baseline_lab_release(&lab);
}

/* ---- rows ------------------------------------------------------------------------- */

/* However much is no news, what is news is told. */
static void test_flood_that_is_silenced(void)
{
	const struct baseline_options options = options_of(0);
	char name[32];
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	lab.silenced = "pipeline-";
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "pipeline-%d", i);
		login(&lab, MONDAY + i, name, "203.0.113.7", "root");
	}
	login(&lab, MONDAY + 100, "mallory", "203.0.113.7", "root");
	check_detail(&lab, "first login of mallory on this host; 100 principals were "
			   "known");
	baseline_lab_release(&lab);
}

static void test_restart(void)
{
	const struct baseline_options options = options_of(US_PER_DAY);
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	login(&lab, MONDAY, ALICE, "203.0.113.7", "root");
	baseline_lab_restart(&lab);
	login(&lab, MONDAY + 2 * US_PER_DAY, ALICE, "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 0);
	login(&lab, MONDAY + 2 * US_PER_DAY, BOB, "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 1);
	baseline_lab_restart(&lab);
	login(&lab, MONDAY + 2 * US_PER_DAY, BOB, "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 1);
	CHECK_UINT(baseline_lab_row(&lab, "principal", ALICE)->count, 2);
	CHECK_INT(baseline_lab_row(&lab, "principal", ALICE)->first_at, MONDAY);
	baseline_lab_release(&lab);
}

static void test_bad_rows(void)
{
	static const struct {
		const char *name;
		struct baseline_row row;
	} rows[] = {
		{ "no kind", { SLICE(""), SLICE("x"), 1, 2, 3 } },
		{ "an unknown kind", { SLICE("shoe"), SLICE("x"), 1, 2, 3 } },
		{ "no key", { SLICE("principal"), SLICE(""), 1, 2, 3 } },
		{ "no login", { SLICE("principal"), SLICE("x"), 1, 2, 0 } },
		{ "no time", { SLICE("principal"), SLICE("x"), US_TIME_NONE, 2, 1 } },
		{ "backwards", { SLICE("principal"), SLICE("x"), 2, 1, 1 } },
		{ "past the end", { SLICE("path"), SLICE("x"), 2, INT64_MAX, 1 } },
		{ "began of what", { SLICE("began"), SLICE("shoe"), 1, 1, 1 } },
		{ "told of what", { SLICE("told"), SLICE(""), 1, 1, 1 } },
		{ "no rate", { SLICE("recent"), SLICE("shoe 1 x"), 1, 1, 1 } },
		{ "no time in it", { SLICE("recent"), SLICE("source x"), 1, 1, 1 } },
		{ "another time", { SLICE("recent"), SLICE("source 2 x"), 1, 1, 1 } },
		{ "no subject's end", { SLICE("recent"), SLICE("source 1"), 1, 1, 1 } },
		{ "too many", { SLICE("recent"), SLICE("source 1 x"), 1, 1, 1 << 20 } },
		{ "no rate's", { SLICE("too-many"), SLICE("x"), 1, 1, 1 } },
	};
	const struct baseline_options options = options_of(0);
	struct baseline *baseline = baseline_new(&options);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK(!baseline_restore(baseline, &rows[i].row));
	}
	baseline_free(baseline);
}

static void test_forgetting(void)
{
	struct baseline_options options = options_of(US_PER_DAY);
	struct baseline_learning learning;
	struct baseline_lab lab;

	options.per_principal = (struct baseline_rate){ 1, US_PER_HOUR };
	baseline_lab_init(&lab, &options);
	login(&lab, MONDAY, ALICE, "203.0.113.7", "root");
	login(&lab, MONDAY, BOB, "203.0.113.7", "root");
	/* one name: it will be new again */
	CHECK(!baseline_lab_forget(&lab, "principal", "nobody"));
	CHECK(!baseline_lab_forget(&lab, "shoe", ""));
	CHECK(baseline_lab_forget(&lab, "principal", BOB));
	login(&lab, MONDAY + 2 * US_PER_DAY, BOB, "203.0.113.7", "root");
	CHECK_UINT(lab.told_count, 1);
	/* a kind: it is learned anew, the others are not */
	CHECK(baseline_lab_forget(&lab, "principal", ""));
	CHECK_UINT(baseline_lab_rows(&lab, "principal"), 0);
	CHECK_UINT(baseline_lab_rows(&lab, "source-network"), 1);
	login(&lab, MONDAY + 3 * US_PER_DAY, BOB, "192.0.2.7", "root");
	CHECK_UINT(lab.told_count, 2);
	CHECK_INT(lab.told[1].kind, OBSERVATION_NEW_SOURCE_NETWORK);
	CHECK(baseline_learning_at(lab.baseline, 0, &learning));
	CHECK_INT(learning.began_at, MONDAY + 3 * US_PER_DAY);
	/* what is counted */
	CHECK(baseline_lab_rows(&lab, "recent") > 0);
	CHECK(baseline_lab_forget(&lab, "recent", BOB));
	CHECK(baseline_lab_forget(&lab, "recent", ""));
	CHECK_UINT(baseline_lab_rows(&lab, "recent"), 0);
	/* everything */
	CHECK(baseline_lab_forget(&lab, "", ""));
	for (size_t i = 0; i < lab.row_count; i++)
		CHECK(!lab.rows[i]->is_there);
	baseline_lab_release(&lab);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "principals", test_principals },
		{ "networks", test_networks },
		{ "long names", test_long_names },
		{ "sources", test_sources },
		{ "learning", test_learning },
		{ "paths", test_paths },
		{ "whose", test_whose },
		{ "switched off", test_switched_off },
		{ "others teach nothing", test_others_teach_nothing },
		{ "hours", test_hours },
		{ "midnight", test_midnight },
		{ "zone", test_zone },
		{ "flood", test_flood },
		{ "flood that is silenced", test_flood_that_is_silenced },
		{ "restart", test_restart },
		{ "bad rows", test_bad_rows },
		{ "forgetting", test_forgetting },
		{ NULL, NULL },
	};

	return check_run("baseline", tests);
}
