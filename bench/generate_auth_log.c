/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes an auth.log of about the size asked for, the same for the same arguments: one
 * line in a hundred is evidence (an Instance Connect login now and then, with its PAM and
 * logind lines), the rest is what an exposed sshd logs all day.
 *
 *     generate_auth_log BYTES [traditional] > auth.log
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

#define START_US (INT64_C(1767225600) * US_PER_SECOND) /* 2026-01-01T00:00:00Z */

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64*, Marsaglia 2003 and Vigna 2014 */
static uint32_t random_below(uint32_t bound)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * UINT64_C(2685821657736338717)) >> 33) % bound;
}

struct writer {
	us_time now;
	bool is_traditional;
	uint64_t written;
	char head[96];
};

static const char *head(struct writer *writer)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil civil;

	writer->now += 1 + random_below(20000);
	civil = civil_from_utc(writer->now);
	if (writer->is_traditional)
		snprintf(writer->head, sizeof(writer->head),
			 "%s %2d %02d:%02d:%02d web-17", months[civil.month - 1],
			 civil.day, civil.hour, civil.minute, civil.second);
	else
		snprintf(writer->head, sizeof(writer->head),
			 "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00 web-17", civil.year,
			 civil.month, civil.day, civil.hour, civil.minute, civil.second,
			 civil.microsecond);
	return writer->head;
}

static void count(struct writer *writer, int len)
{
	if (len > 0)
		writer->written += (uint64_t)len;
}

static void write_noise(struct writer *writer)
{
	static const char *const users[] = { "admin", "oracle", "test",	    "ubuntu",
					     "git",   "root",	"postgres", "ftpuser",
					     "pi",    "deploy" };
	unsigned a = 1 + random_below(223), b = random_below(256), c = random_below(256),
		 d = 1 + random_below(254), port = 1024 + random_below(60000),
		 pid = 300 + random_below(90000);
	const char *user = users[random_below(sizeof(users) / sizeof(users[0]))];

	switch (random_below(6)) {
	case 0:
		count(writer, printf("%s sshd[%u]: Failed password for invalid user %s "
				     "from %u.%u.%u.%u port %u ssh2\n",
				     head(writer), pid, user, a, b, c, d, port));
		break;
	case 1:
		count(writer,
		      printf("%s sshd[%u]: Invalid user %s from %u.%u.%u.%u port %u\n",
			     head(writer), pid, user, a, b, c, d, port));
		break;
	case 2:
		count(writer, printf("%s sshd[%u]: Connection closed by authenticating "
				     "user %s %u.%u.%u.%u port %u [preauth]\n",
				     head(writer), pid, user, a, b, c, d, port));
		break;
	case 3:
		count(writer, printf("%s sshd[%u]: Received disconnect from %u.%u.%u.%u "
				     "port %u:11: Bye Bye [preauth]\n",
				     head(writer), pid, a, b, c, d, port));
		break;
	case 4:
		count(writer, printf("%s sshd[%u]: Disconnected from invalid user %s "
				     "%u.%u.%u.%u port %u [preauth]\n",
				     head(writer), pid, user, a, b, c, d, port));
		break;
	default:
		count(writer, printf("%s sshd[%u]: error: maximum authentication "
				     "attempts exceeded for invalid user %s from "
				     "%u.%u.%u.%u port %u ssh2 [preauth]\n",
				     head(writer), pid, user, a, b, c, d, port));
	}
}

static void write_login(struct writer *writer)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned pid = 300 + random_below(90000), port = 1024 + random_below(60000);
	char key[44];

	for (size_t i = 0; i < sizeof(key) - 1; i++)
		key[i] = digits[random_below(64)];
	key[sizeof(key) - 1] = '\0';
	for (int i = 0; i < 2; i++)
		count(writer,
		      printf("%s ec2-instance-connect[%u]: Providing ssh key from EC2 "
			     "Instance Connect with fingerprint: SHA256:%s, request-id: "
			     "%08x-0000-4000-8000-%012x, for IAM principal: "
			     "arn:aws:iam::111122223333:user/alice\n",
			     head(writer), pid + 7, key, pid, port));
	count(writer, printf("%s sshd[%u]: Accepted publickey for ubuntu from "
			     "198.51.100.%u port %u ssh2: ED25519 SHA256:%s\n",
			     head(writer), pid, random_below(255), port, key));
	count(writer, printf("%s sshd[%u]: pam_unix(sshd:session): session opened for "
			     "user ubuntu(uid=1000) by ubuntu(uid=0)\n",
			     head(writer), pid));
	count(writer, printf("%s systemd-logind[563]: New session %u of user ubuntu.\n",
			     head(writer), pid));
	count(writer, printf("%s sshd[%u]: pam_unix(sshd:session): session closed for "
			     "user ubuntu\n",
			     head(writer), pid));
}

int main(int argc, char **argv)
{
	struct writer writer = { .now = START_US };
	uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;

	writer.is_traditional = argc > 2 && strcmp(argv[2], "traditional") == 0;
	if (wanted == 0) {
		fprintf(stderr,
			"usage: generate_auth_log BYTES [traditional] > auth.log\n");
		return 2;
	}
	while (writer.written < wanted) {
		/* six lines of a login among six hundred */
		for (int i = 0; i < 594; i++)
			write_noise(&writer);
		write_login(&writer);
	}
	return fflush(stdout) == 0 ? 0 : 3;
}
