/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/reader.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"

/* capabilities(7): reads past the modes of files and folders. */
#define CAP_DAC_OVERRIDE_BIT 1
#define CAP_DAC_READ_SEARCH_BIT 2

static void add_group(struct reader *reader, gid_t group)
{
	if (reader->group_count < READER_GROUPS_MAX)
		reader->groups[reader->group_count++] = group;
}

/* ---- whose ------------------------------------------------------------------------ */

static void read_groups(struct reader *reader, const char *text)
{
	char *end;

	for (;;) {
		unsigned long group = strtoul(text, &end, 10);

		if (end == text)
			return;
		add_group(reader, (gid_t)group);
		text = end;
	}
}

/* "1000\t1000\t1000\t1000": real, effective, saved, for files. */
static bool read_effective(const char *text, unsigned long *ret_id)
{
	char *end;

	strtoul(text, &end, 10);
	if (end == text)
		return false;
	text = end;
	*ret_id = strtoul(text, &end, 10);
	return end != text;
}

static void read_line(struct reader *reader, const char *line)
{
	const unsigned long long overriding =
		1ULL << CAP_DAC_OVERRIDE_BIT | 1ULL << CAP_DAC_READ_SEARCH_BIT;
	unsigned long id;

	if (strncmp(line, "Uid:", 4) == 0 && read_effective(line + 4, &id))
		reader->uid = (uid_t)id;
	else if (strncmp(line, "Gid:", 4) == 0 && read_effective(line + 4, &id))
		add_group(reader, (gid_t)id);
	else if (strncmp(line, "Groups:", 7) == 0)
		read_groups(reader, line + 7);
	else if (strncmp(line, "CapEff:", 7) == 0)
		reader->overrides = (strtoull(line + 7, NULL, 16) & overriding) != 0;
}

int reader_of_process(unsigned pid, struct reader *ret_reader, struct err *err)
{
	struct reader reader = { .uid = (uid_t)-1 };
	AUTO_FCLOSE FILE *file = NULL;
	char path[64], line[4096];

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	if (!file)
		return err_system(err, errno, "cannot look at process %u", pid);
	while (fgets(line, sizeof(line), file))
		read_line(&reader, line);
	if (reader.uid == (uid_t)-1)
		return err_set(err, ERR_FORMAT, "cannot tell whose process %u is", pid);
	*ret_reader = reader;
	return 0;
}

int reader_of_user(const char *name, struct reader *ret_reader, struct err *err)
{
	static const char *const added[] = { "adm", "systemd-journal" };
	const struct passwd *user = getpwnam(name);
	struct reader reader = { .uid = user ? user->pw_uid : 0 };
	int count = READER_GROUPS_MAX;

	if (!user)
		return err_set(err, ERR_MISSING, "there is no user '%.64s'", name);
	reader.overrides = user->pw_uid == 0;
	if (getgrouplist(name, user->pw_gid, reader.groups, &count) >= 0)
		reader.group_count = (size_t)count;
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		const struct group *group = getgrnam(added[i]);

		if (group)
			add_group(&reader, group->gr_gid);
	}
	*ret_reader = reader;
	return 0;
}

/* ---- what ------------------------------------------------------------------------- */

static bool is_member(const struct reader *reader, gid_t group)
{
	for (size_t i = 0; i < reader->group_count; i++) {
		if (reader->groups[i] == group)
			return true;
	}
	return false;
}

/* `bits`: of others, S_IROTH or S_IXOTH. The first class that fits decides. */
static bool mode_allows(const struct reader *reader, const struct stat *status,
			mode_t bits)
{
	if (reader->overrides)
		return true;
	if (status->st_uid == reader->uid)
		return (status->st_mode & bits << 6) != 0;
	if (is_member(reader, status->st_gid))
		return (status->st_mode & bits << 3) != 0;
	return (status->st_mode & bits) != 0;
}

static enum reader_answer look(const struct reader *reader, const char *path, mode_t bits,
			       struct err *why)
{
	struct stat status;

	if (stat(path, &status) < 0) {
		err_system(why, errno, "'%.200s'", path);
		return errno == ENOENT || errno == ENOTDIR ? READER_ABSENT
							   : READER_UNKNOWN;
	}
	if (mode_allows(reader, &status, bits))
		return READER_MAY;
	if (getxattr(path, "system.posix_acl_access", NULL, 0) > 0) {
		err_set(why, ERR_SYSTEM, "'%.200s' has an access list", path);
		return READER_UNKNOWN;
	}
	err_set(why, ERR_SYSTEM, "'%.200s' is of user %u, group %u, mode %04o", path,
		(unsigned)status.st_uid, (unsigned)status.st_gid,
		(unsigned)(status.st_mode & 07777));
	return READER_MAY_NOT;
}

/* Each folder from the root on must let it through. */
enum reader_answer reader_may_read(const struct reader *reader, const char *path,
				   struct err *why)
{
	char folder[PATH_MAX];
	size_t len = strlen(path);

	*why = (struct err){ .code = ERR_NONE };
	if (len >= sizeof(folder)) {
		err_set(why, ERR_LIMIT, "the path is too long");
		return READER_UNKNOWN;
	}
	for (size_t i = 0; i < len; i++) {
		enum reader_answer answer;

		folder[i] = path[i];
		if (path[i] != '/')
			continue;
		folder[i + 1] = '\0';
		answer = look(reader, folder, S_IXOTH, why);
		if (answer != READER_MAY)
			return answer;
	}
	return look(reader, path, S_IROTH, why);
}
