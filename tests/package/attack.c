/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in the place of one of the programs, under its unit's settings, shuts itself in
 * as that does, and tries what somebody would who has taken it over. Prints a line a try:
 * its name and "refused" with the reason, or "DONE". Takes no part in any build of the
 * project: the tests compile it.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/call_filter.h"
#include "base/shut_in.h"

static const char *program;
static int tries;

static void tell(const char *name, int worked)
{
	tries++;
	if (worked)
		printf("attack %s: DONE\n", name);
	else
		printf("attack %s: refused (%s)\n", name, strerror(errno));
}

static void try_read(const char *path)
{
	char name[256];
	struct stat status;
	int fd;

	snprintf(name, sizeof(name), "read %s", path);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		DIR *folder = opendir(path);

		tell(name, folder != NULL);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	tell(name, fd >= 0);
}

static void try_write(const char *path)
{
	char name[256];

	snprintf(name, sizeof(name), "write %s", path);
	tell(name, open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
}

/* Whether what was to be run ran: it ends with 42 then, or with 0 where it is no code of
 * ours. */
static int runs(int fd, const char *path, char *const argv[])
{
	char *environment[] = { NULL };
	int status, failed[2];
	pid_t child;

	if (pipe2(failed, O_CLOEXEC) < 0)
		return 0;
	child = fork();
	if (child == 0) {
		int why;

		if (fd >= 0)
			syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
		else
			execve(path, argv, environment);
		why = errno;
		(void)!write(failed[1], &why, sizeof(why));
		_exit(1);
	}
	close(failed[1]);
	if (child < 0)
		return 0;
	waitpid(child, &status, 0);
	errno = ENOEXEC;
	(void)!read(failed[0], &errno, sizeof(errno));
	return WIFEXITED(status) &&
	       (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 42);
}

static void copy_self(int out)
{
	char bytes[65536];
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	while (in >= 0 && (len = read(in, bytes, sizeof(bytes))) > 0)
		(void)!write(out, bytes, (size_t)len);
}

/* A program in memory, which lies in no folder that could forbid it. */
static void try_memory(const char *name, const char *name_by_path)
{
	char path[64], *again[] = { "again", "--ran", NULL };
	int fd = memfd_create("x", 0);

	if (fd >= 0)
		copy_self(fd);
	tell(name, fd >= 0 && runs(fd, NULL, again));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	tell(name_by_path, fd >= 0 && runs(-1, path, again));
	if (fd >= 0)
		close(fd);
}

static void try_exec(const char *own_folder)
{
	char path[256], *plain[] = { "true", NULL },
			*again[] = { "again", "--ran", NULL };
	char *loaded[] = { "ld", "/usr/bin/true", NULL };
	int fd;

	tell("exec /usr/bin/true", runs(-1, "/usr/bin/true", plain));
	tell("exec ld.so /usr/bin/true", runs(-1, "/lib64/ld-linux-x86-64.so.2", loaded));
	tell("exec itself", runs(-1, "/proc/self/exe", again));
	try_memory("exec memory", "exec memory by path");
	snprintf(path, sizeof(path), "%s/attack", own_folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (fd >= 0) {
		copy_self(fd);
		close(fd);
	}
	tell("exec own file", fd >= 0 && runs(-1, path, again));
	unlink(path);
}

static void try_system(void)
{
	struct sched_param param = { .sched_priority = 1 };
	struct iovec bytes = { &param, sizeof(param) };
	void *memory;

	tell("read another's memory",
	     process_vm_readv(getppid(), &bytes, 1, &bytes, 1, 0) >= 0);
	tell("write another's memory",
	     process_vm_writev(getppid(), &bytes, 1, &bytes, 1, 0) >= 0);
	tell("read init's memory", open("/proc/1/mem", O_RDONLY | O_CLOEXEC) >= 0);
	tell("io_uring", syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno == EFAULT);
	tell("userfaultfd", syscall(SYS_userfaultfd, 1) >= 0);
	tell("ptrace", ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0 ||
			       ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tell("memory that is written and run", memory != MAP_FAILED);
	tell("user namespace", unshare(CLONE_NEWUSER) == 0);
	tell("mount", mount("none", "/tmp", "tmpfs", 0, NULL) == 0);
	tell("setuid root", setuid(0) == 0);
	tell("setuid bit", mkdir("/tmp/bit", 0700) == 0 && chmod("/tmp/bit", 04755) == 0);
	tell("realtime", sched_setscheduler(0, SCHED_FIFO, &param) == 0);
	tell("kill init", kill(1, SIGCONT) == 0);
	tell("see init", access("/proc/1/cmdline", R_OK) == 0);
	tell("key", syscall(SYS_add_key, "user", "x", "y", (size_t)1, -2) >= 0);
	tell("bpf", syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno == EFAULT);
	tell("device", open("/dev/kmsg", O_RDONLY | O_CLOEXEC) >= 0);
}

static void try_sockets(int inet_is_ours)
{
	if (!inet_is_ours) {
		tell("socket inet", socket(AF_INET, SOCK_STREAM, 0) >= 0);
		tell("socket inet6", socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
	}
	tell("socket netlink", socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	tell("socket packet", socket(AF_PACKET, SOCK_RAW, 0) >= 0);
}

static void try_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[256];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name, sizeof(name), "connect %s", path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	tell(name, connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	close(fd);
}

static void attack_as_daemon(void)
{
	try_read("/etc/shadow");
	try_read("/root/secret");
	try_read("/home/deploy/secret");
	try_write("/etc/countersign/conf.d/x.conf");
	try_write("/usr/bin/x");
	try_write("/var/log/x");
	try_write("/var/lib/x");
	try_write("/run/x");
	try_exec("/var/lib/countersign");
	try_sockets(0);
	try_connect("/run/dbus/system_bus_socket");
}

static void attack_as_courier(void)
{
	try_read("/etc/shadow");
	try_read("/root/secret");
	try_read("/var/log/auth.log");
	try_read("/var/log/countersign/alerts.jsonl");
	try_read("/var/lib/countersign/countersign.db");
	try_read("/run/log/journal");
	try_read("/var/log/journal");
	try_write("/etc/countersign/conf.d/x.conf");
	try_write("/var/lib/countersign/x");
	try_write("/var/log/x");
	try_write("/run/countersign/x");
	try_exec("/tmp");
	try_sockets(1);
	try_connect("/run/countersign-courier.sock");
	try_connect("/run/dbus/system_bus_socket");
}

/* So that a unit of type notify counts as started. */
static void notify_ready(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!path)
		return;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		perror("notify");
}

/* As the program does in whose place this is. */
static void give_up(int is_daemon)
{
	const struct call_filter how = { .keeps_memory_files = is_daemon };
	struct err err;

	shut_in(&(struct shut_in){ .fd_count = 0 });
	if (call_filter_install(&how, &err) < 0)
		printf("attack without a filter: %s\n", err.text);
}

int main(int argc, char **argv)
{
	program = argv[0];
	if (argc > 1 && strcmp(argv[1], "--ran") == 0)
		return 42;
	/* anywhere else it would do what it tries */
	if (!getenv("INVOCATION_ID"))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("attack begins\n");
	try_memory("before it shut itself in: exec memory",
		   "before it shut itself in: exec memory by path");
	give_up(strstr(program, "courier") == NULL);
	if (strstr(program, "courier"))
		attack_as_courier();
	else
		attack_as_daemon();
	try_system();
	printf("attack over: %d\n", tries);
	notify_ready();
	pause();
	return 0;
}
