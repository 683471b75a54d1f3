/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include "tests/support/check.h"

/* FIPS 180-2 appendix B, and the digest of nothing. */
static void test_sha256(void)
{
	static const struct {
		const char *name, *text;
		size_t times;
		const char *want;
	} rows[] = {
		{ "nothing", "", 1,
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "one block", "abc", 1,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "two blocks",
		  "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "a million letters", "aaaaaaaaaa", 100000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t digest[SHA256_BYTES];
		char text[2 * SHA256_BYTES + 1];
		struct sha256 sha256;

		check_row(rows[i].name);
		sha256_init(&sha256);
		sha256_add(&sha256, slice_of(NULL, 0));
		for (size_t n = 0; n < rows[i].times; n++)
			sha256_add(&sha256, slice_text(rows[i].text));
		sha256_finish(&sha256, digest);
		hex_from_bytes(digest, sizeof(digest), text);
		CHECK_TEXT(text, rows[i].want);
	}
}

/* RFC 4231, test cases 1, 2, 3 and 6; and the digest written over its own key, as a chain
 * of derived keys does. */
static void test_hmac(void)
{
	static char many[131], dd[50];
	static const struct {
		const char *name;
		struct slice key, bytes;
		const char *want;
	} rows[] = {
		{ "case 1",
		  { "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		    "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
		    20 },
		  { "Hi There", 8 },
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "case 2",
		  { "Jefe", 4 },
		  { "what do ya want for nothing?", 28 },
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "case 3",
		  { many, 20 },
		  { dd, sizeof(dd) },
		  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ "case 6, a key longer than a block",
		  { many, sizeof(many) },
		  { "Test Using Larger Than Block-Size Key - Hash Key First", 54 },
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	};
	char text[2 * SHA256_BYTES + 1];
	uint8_t digest[SHA256_BYTES];

	memset(many, 0xaa, sizeof(many));
	memset(dd, 0xdd, sizeof(dd));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		hmac_sha256(rows[i].key, rows[i].bytes, digest);
		hex_from_bytes(digest, sizeof(digest), text);
		CHECK_TEXT(text, rows[i].want);
	}

	check_row("over its key");
	memset(digest, 0, sizeof(digest));
	hmac_sha256(slice_of((const char *)digest, sizeof(digest)), SLICE(""), digest);
	hex_from_bytes(digest, sizeof(digest), text);
	CHECK_TEXT(text,
		   "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_hex(void)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xf0, 0xff, 0x9a };
	char text[2 * sizeof(bytes) + 1];

	hex_from_bytes(bytes, sizeof(bytes), text);
	CHECK_TEXT(text, "000ff0ff9a");
	hex_from_bytes(bytes, 0, text);
	CHECK_TEXT(text, "");
}

/* RFC 4648 section 10, and bytes that need the last two letters. */
static void test_base64_both_ways(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
		const char *padded, *plain;
	} rows[] = {
		{ "nothing", { NULL, 0 }, "", "" },
		{ "1 byte", { "f", 1 }, "Zg==", "Zg" },
		{ "2 bytes", { "fo", 2 }, "Zm8=", "Zm8" },
		{ "3 bytes", { "foo", 3 }, "Zm9v", "Zm9v" },
		{ "4 bytes", { "foob", 4 }, "Zm9vYg==", "Zm9vYg" },
		{ "5 bytes", { "fooba", 5 }, "Zm9vYmE=", "Zm9vYmE" },
		{ "6 bytes", { "foobar", 6 }, "Zm9vYmFy", "Zm9vYmFy" },
		{ "last letters", { "\xfb\xef\xff\x00", 4 }, "++//AA==", "++//AA" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(100);

		check_row(rows[i].name);
		CHECK(base64_encode(rows[i].bytes, true, &buf));
		CHECK_TEXT(buf_text(&buf), rows[i].padded);
		buf_clear(&buf);
		CHECK(base64_encode(rows[i].bytes, false, &buf));
		CHECK_TEXT(buf_text(&buf), rows[i].plain);
		buf_clear(&buf);
		CHECK(base64_decode(slice_text(rows[i].padded), &buf));
		CHECK_SLICE(buf_slice(&buf), rows[i].bytes);
		buf_clear(&buf);
		CHECK(base64_decode(slice_text(rows[i].plain), &buf));
		CHECK_SLICE(buf_slice(&buf), rows[i].bytes);
	}
}

static void test_base64_refused(void)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "one letter", "Z" },
		{ "one letter more", "Zm9vY" },
		{ "only padding", "=" },
		{ "only padding, two", "==" },
		{ "only padding, four", "====" },
		{ "too little padding", "Zg=" },
		{ "too much padding", "Zm8==" },
		{ "padding after a whole group", "Zm9v=" },
		{ "a group of padding", "Zm9v====" },
		{ "three of padding", "Z===" },
		{ "padding inside", "Zg==Zm9v" },
		{ "stray bits, 1 byte", "Zh==" },
		{ "stray bits, 2 bytes", "Zm9=" },
		{ "stray bits, no padding", "Zh" },
		{ "blank", "Zm 9v" },
		{ "newline at the end", "Zm9v\n" },
		{ "URL alphabet", "-_-_" },
		{ "past ASCII", "Zm9\xf6" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(100);

		check_row(rows[i].name);
		buf_append_text(&buf, "kept");
		CHECK(!base64_decode(slice_text(rows[i].text), &buf));
		CHECK_TEXT(buf_text(&buf), "kept");
		CHECK(!buf_overflowed(&buf));
	}
}

static void test_base64_limit(void)
{
	static const struct {
		const char *name;
		size_t limit;
		bool decodes, encodes;
	} rows[] = {
		{ "room for all", 4, true, true },
		{ "room for the bytes", 2, true, false },
		{ "room for too little", 1, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf decoded = BUF_LIMIT(rows[i].limit);
		AUTO_BUF struct buf encoded = BUF_LIMIT(rows[i].limit);

		check_row(rows[i].name);
		CHECK_INT(base64_decode(SLICE("Zm8="), &decoded), rows[i].decodes);
		CHECK_TEXT(buf_text(&decoded), rows[i].decodes ? "fo" : "");
		CHECK_INT(base64_encode(SLICE("fo"), true, &encoded), rows[i].encodes);
		CHECK_TEXT(buf_text(&encoded), rows[i].encodes ? "Zm8=" : "");
	}
}

static void test_base64_round_trip(void)
{
	char bytes[256];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 167);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		AUTO_BUF struct buf text = BUF_LIMIT(1000);
		AUTO_BUF struct buf back = BUF_LIMIT(len);

		CHECK(base64_encode(slice_of(bytes, len), len % 2, &text));
		CHECK(base64_decode(buf_slice(&text), &back));
		CHECK_SLICE(buf_slice(&back), slice_of(bytes, len));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "SHA-256", test_sha256 },
		{ "HMAC", test_hmac },
		{ "hexadecimal", test_hex },
		{ "base64 both ways", test_base64_both_ways },
		{ "base64 refused", test_base64_refused },
		{ "base64 at the limit", test_base64_limit },
		{ "base64 round trip", test_base64_round_trip },
		{ NULL, NULL },
	};

	return check_run("base/digest", tests);
}
