/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/id.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

/* What was given out once must come again for ever: an id joins what two machines, or two
 * versions, say of one login. These rows may only be added to. */
static const struct {
	const char *name;
	const char *script; /* makes one login */
	const char *want;
} login_rows[] = {
	{ "ssh",
	  "accept@1.25 host=web-1 pid=812 user=deploy from=192.0.2.10 port=50022 key=K",
	  "538ef23d52a19febf65f3de4278cc6ad" },
	{ "ssh without a pid",
	  "accept@1.25 host=web-1 user=deploy from=192.0.2.10 port=50022",
	  "386a51fc3100a44a6d8c8acd3e824862" },
	{ "ssh, everything empty", "accept@0", "2718a63dc2b989e7722980562323de42" },
	{ "console", "console@3 host=web-1 pid=77 user=root tty=ttyS0",
	  "f8255e63c3e2282ce71466f1ffa3cdb7" },
	{ "session", "session@9 id=alice-0123456789abcdef0 stage=started on=i-1",
	  "f54ad1ece047ec99013ca0731a7645e0" },
	{ "command", "command@9 id=01234567-89ab-4cde-8f01-23456789abcd stage=started",
	  "8ea9463f42eab9939d43c44c3f6b77b8" },
	{ "association",
	  "association@9 id=76543210-89ab-4cde-8f01-23456789abcd stage=started",
	  "8407b07a1bc337b1320675b5df09d55b" },
};

static const char *id_of(const struct scene *scene, char text[ID_TEXT_BYTES])
{
	return id_to_text(&scene_verdict(scene, 0).login->id, text);
}

static void test_logins(void)
{
	char text[ID_TEXT_BYTES];

	for (size_t i = 0; i < COUNT_OF(login_rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(login_rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, login_rows[i].script);
		CHECK_TEXT(id_of(&scene, text), login_rows[i].want);
	}
}

/* What the id is not made of: it may be learnt later, or be another's word. */
static void test_not_made_of(void)
{
	static const struct {
		const char *name, *one, *other;
	} rows[] = {
		{ "key and path", "accept@1 pid=8 user=a from=192.0.2.1 key=K1 host=h",
		  "accept@1 pid=8 user=a from=192.0.2.1 key=K2 host=h" },
		{ "trust and source",
		  "accept@1 pid=8 user=a from=192.0.2.1 host=h trust=unverified "
		  "source=syslog",
		  "accept@1 pid=8 user=a from=192.0.2.1 host=h trust=attested "
		  "source=journal" },
		{ "console's tty and host", "console@1 pid=8 user=a tty=ttyS0 host=h",
		  "console@1 pid=8 user=a host=g" },
		{ "session's time and instance", "session@1 id=a-1 stage=started on=i-1",
		  "session@7 id=a-1 stage=connected on=i-2" },
		{ "identity", "identity instance=i-1; accept@1 pid=8 user=a host=h",
		  "identity instance=i-2; accept@1 pid=8 user=a host=h" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene one, other;
		char one_text[ID_TEXT_BYTES], other_text[ID_TEXT_BYTES];

		check_row(rows[i].name);
		scene_open_complete(&one);
		scene_open_complete(&other);
		scene_play(&one, rows[i].one);
		scene_play(&other, rows[i].other);
		CHECK_TEXT(id_of(&one, one_text), id_of(&other, other_text));
	}
}

/* Fields are parted, so that no two tell the same together. */
static void test_made_of(void)
{
	static const struct {
		const char *name, *one, *other;
	} rows[] = {
		{ "host", "accept@1 host=h", "accept@1 host=g" },
		{ "pid", "accept@1 pid=1", "accept@1 pid=2" },
		{ "address", "accept@1 from=192.0.2.1", "accept@1 from=192.0.2.2" },
		{ "port", "accept@1 port=1", "accept@1 port=2" },
		{ "user", "accept@1 user=a", "accept@1 user=b" },
		{ "time", "accept@1", "accept@1.000001" },
		{ "parting", "accept@1 pid=1 from=12 port=3",
		  "accept@1 pid=11 from=2 port=3" },
		{ "kind", "command@1 id=x stage=started",
		  "association@1 id=x stage=started" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene one, other;
		char one_text[ID_TEXT_BYTES], other_text[ID_TEXT_BYTES];

		check_row(rows[i].name);
		scene_open_complete(&one);
		scene_open_complete(&other);
		scene_play(&one, rows[i].one);
		scene_play(&other, rows[i].other);
		CHECK(strcmp(id_of(&one, one_text), id_of(&other, other_text)) != 0);
	}
}

static void test_maker(void)
{
	struct id_maker maker;
	struct id id;
	char text[ID_TEXT_BYTES];

	id_start(&maker, "ssh");
	id_add(&maker, SLICE("a"));
	id_add_number(&maker, INT64_MIN);
	id_add_number(&maker, 0);
	id_add_number(&maker, INT64_MAX);
	id = id_finish(&maker);
	/* printf 'ssh\0a\0-9223372036854775808\0000\0009223372036854775807' | sha256sum
	 */
	CHECK_TEXT(id_to_text(&id, text), "7ef9458ce12cb9df7114ace92896250f");
	id = finding_id(&id, "login-without-api-call");
	CHECK_TEXT(id_to_text(&id, text), "e77e4048dd5954c29586d69912febb8e");
}

static void test_prefix(void)
{
	static const struct {
		const char *name, *prefix;
		bool want;
	} rows[] = {
		{ "one digit", "0", true },
		{ "upper case", "0A0B", true },
		{ "all", "0a0b0c0d0e0f00010203040506070809", true },
		{ "empty", "", false },
		{ "another", "1", false },
		{ "too long", "0a0b0c0d0e0f000102030405060708090", false },
		{ "not hexadecimal", "0x", false },
	};
	const struct id id = { { 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x00, 0x01, 0x02,
				 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(id_has_prefix(&id, slice_text(rows[i].prefix)), rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ids of logins stay", test_logins },
		{ "what an id is not made of", test_not_made_of },
		{ "what an id is made of", test_made_of },
		{ "fields and numbers", test_maker },
		{ "prefixes", test_prefix },
		{ NULL, NULL },
	};

	return check_run("correlator/id", tests);
}
