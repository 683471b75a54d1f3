#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a journal for bench_journal: COUNT entries as a busy host writes them, one in a hundred
# of them a login. Needs systemd-journal-remote.
#
#     bench/generate_journal.sh COUNT FILE.journal
set -eu

count=${1:?how many entries}
file=${2:?the journal to write, FILE.journal}

for remote in /lib/systemd/systemd-journal-remote /usr/lib/systemd/systemd-journal-remote none; do
	if [ -x "$remote" ]; then break; fi
done
if [ "$remote" = none ]; then
	echo "generate_journal.sh: systemd-journal-remote is not installed" >&2
	exit 1
fi

rm -f "$file"
awk -v count="$count" '
function entry(n, comm, unit, uid, message)
{
	printf "__REALTIME_TIMESTAMP=%.0f\n", 1795305600000000 + n * 20000
	printf "__MONOTONIC_TIMESTAMP=%.0f\n", 1000000 + n * 20000
	printf "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
	printf "_MACHINE_ID=fedcba9876543210fedcba9876543210\n_HOSTNAME=ip-192-0-2-10\n"
	printf "_TRANSPORT=syslog\n_UID=%d\n_GID=%d\n_PID=%d\n_COMM=%s\n", uid, uid, 500 + n % 20000, comm
	printf "_EXE=/usr/sbin/%s\n_CMDLINE=/usr/sbin/%s -D\n_CAP_EFFECTIVE=1ffffffffff\n", comm, comm
	printf "_SYSTEMD_UNIT=%s\n_SYSTEMD_CGROUP=/system.slice/%s\n_SYSTEMD_SLICE=system.slice\n", unit, unit
	printf "SYSLOG_IDENTIFIER=%s\nSYSLOG_PID=%d\nSYSLOG_FACILITY=10\nPRIORITY=6\n", comm, 500 + n % 20000
	printf "_SOURCE_REALTIME_TIMESTAMP=%.0f\n", 1795305600000000 + n * 20000 - 7
	printf "MESSAGE=%s\n\n", message
}
BEGIN {
	for (n = 0; n < count; n++) {
		port = 1024 + (n * 7919) % 60000
		if (n % 100 == 0)
			entry(n, "sshd", "ssh.service", 0, "Accepted publickey for deploy from 203.0.113." n % 250 " port " port " ssh2: ED25519 SHA256:" n)
		else if (n % 3 == 0)
			entry(n, "sshd", "ssh.service", 0, "Connection closed by 198.51.100." n % 250 " port " port " [preauth]")
		else if (n % 3 == 1)
			entry(n, "cron", "cron.service", 0, "(root) CMD (run-parts --report /etc/cron.hourly) #" n)
		else
			entry(n, "app", "app.service", 1001, "GET /index.html 200 in " n % 977 "us from 192.0.2." n % 250)
	}
}' | "$remote" --output="$file" - 2>/dev/null
