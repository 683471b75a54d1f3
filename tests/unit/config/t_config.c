/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

static void must(bool held)
{
	if (held)
		return;
	perror("t_config");
	abort();
}

static void test_defaults(void)
{
	AUTO_CONFIG struct config config = { .sink_count = 7 };
	struct err err;

	CHECK_OK(config_read_text(SLICE(""), "f", &config, &err), &err);
	CHECK_TEXT(config.agent.state_dir, "/var/lib/countersign");
	CHECK_TEXT(config.agent.runtime_dir, "/run/countersign");
	CHECK_TEXT(config.agent.log_dir, "/var/log/countersign");
	CHECK_TEXT(config.agent.group, "countersign");
	CHECK_INT(config.agent.keep, 400 * US_PER_DAY);
	CHECK_UINT(config.agent.max_state_bytes, (uint64_t)512 << 20);
	CHECK_INT(config.sources.journal.choice, CONFIG_AUTO);
	CHECK(config.sources.files_auto);
	CHECK_UINT(config.sources.files.count, 0);
	CHECK_INT(config.sources.ssm_log.choice, CONFIG_AUTO);
	CHECK_TEXT(config.sources.ssm_data_dir, "/var/lib/amazon/ssm");
	CHECK_INT(config.sources.backfill, -1);
	CHECK_INT(config.sources.silent_after, US_PER_HOUR);
	CHECK_INT(config.correlation.provisional_after, 10 * US_PER_MINUTE);
	CHECK_INT(config.correlation.final_after, 60 * US_PER_MINUTE);
	CHECK_INT(config.correlation.final_after_weak, 2 * US_PER_HOUR);
	CHECK_INT(config.correlation.lateness, 5 * US_PER_MINUTE);
	CHECK_INT(config.correlation.blind_after, 30 * US_PER_MINUTE);
	CHECK_INT(config.correlation.skew, 30 * US_PER_SECOND);
	CHECK_INT(config.correlation.twin_wait, 30 * US_PER_SECOND);
	CHECK_INT(config.courier.mode, COURIER_AUTO);
	CHECK_INT(config.courier.idle_exit, 30 * US_PER_SECOND);
	CHECK_TEXT(config.courier.https_proxy, "");
	CHECK_TEXT(config.policy.file, "");
	CHECK_TEXT(config.aws.role_arn, "");
	CHECK(config.aws.ask_ssm);
	CHECK_TEXT(config.identity.provider, "");
	CHECK_INT(config.identity.launched_at, US_TIME_NONE);
	CHECK_UINT(config.sink_count, 0);
}

static void test_values(void)
{
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err;

	CHECK_OK(config_read_text(SLICE("[sources]\nfiles = /a /b\njournal = no\n"
					"ssm_log = /s.log\nbackfill = 2d\n"
					"[courier]\nmode = child\n"
					"[identity]\nprivate_ips = 192.0.2.1,192.0.2.2\n"
					"launched_at = 1970-01-01T00:00:09Z\n"
					"[sink siem]\ntype = file\npath = /x.jsonl\n"
					"[sink j]\ntype = journal\n"
					"[sources]\nsilent_after = 2h\n"
					"[sink siem]\nmin_severity = high\n"),
				  "f", &config, &err),
		 &err);
	CHECK(!config.sources.files_auto);
	CHECK_UINT(config.sources.files.count, 2);
	CHECK_TEXT(config.sources.files.items[1], "/b");
	CHECK_INT(config.sources.journal.choice, CONFIG_NO);
	CHECK_INT(config.sources.ssm_log.choice, CONFIG_AT_PATH);
	CHECK_TEXT(config.sources.ssm_log.path, "/s.log");
	CHECK_INT(config.sources.backfill, 2 * US_PER_DAY);
	CHECK_INT(config.sources.silent_after, 2 * US_PER_HOUR);
	CHECK_INT(config.courier.mode, COURIER_CHILD);
	CHECK_UINT(config.identity.private_ips.count, 2);
	CHECK_INT(config.identity.launched_at, 9 * US_PER_SECOND);
	CHECK_UINT(config.sink_count, 2);
	CHECK_TEXT(config.sinks[0].name, "siem");
	CHECK_TEXT(config.sinks[0].format, "ocsf");
	CHECK_TEXT(config.sinks[0].path, "/x.jsonl");
	CHECK_TEXT(config.sinks[0].min_severity, "high");
	CHECK_TEXT(config.sinks[1].name, "j");
	CHECK_TEXT(config.sinks[1].format, "native");
	CHECK_TEXT(config.sinks[1].path, NULL);
	CHECK_TEXT(config.sinks[1].url, "");
}

static void test_errors(void)
{
	static const struct {
		const char *name, *text, *error;
	} rows[] = {
		{ "no section", "state_dir = /x\n",
		  "f:1: 'state_dir' is in no section: a line as [agent] comes first" },
		{ "unknown section", "\n[agnet]\nfoo = 1\nbar\n[policy]\n",
		  "f:2: unknown section [agnet]: did you mean [agent]? allowed are "
		  "agent, "
		  "sources, correlation, courier, policy, metrics, aws, azure, gcp, "
		  "identity, "
		  "sink "
		  "NAME; f:4: neither '[section]' nor 'key = value'" },
		{ "section far from all", "[mysqld]\n",
		  "f:1: unknown section [mysqld]: allowed are agent, sources, "
		  "correlation, "
		  "courier, policy, metrics, aws, azure, gcp, identity, sink NAME" },
		{ "case", "[Policy]\n",
		  "f:1: unknown section [Policy]: did you mean [policy]? allowed are "
		  "agent, sources, correlation, courier, policy, metrics, aws, azure, "
		  "gcp, "
		  "identity, sink NAME" },
		{ "unknown key", "[policy]\nfiel = /x\n",
		  "f:2: unknown key 'fiel' in [policy]: did you mean 'file'? allowed are "
		  "file" },
		{ "case of a key", "[policy]\nFile = /x\n",
		  "f:2: unknown key 'File' in [policy]: did you mean 'file'? allowed are "
		  "file" },
		{ "another section's key", "[policy]\nstate_dir = /x\n",
		  "f:2: unknown key 'state_dir' in [policy]: it is one of [agent]; "
		  "allowed "
		  "are file" },
		{ "value", "[aws]\nask_ssm = maybe\n",
		  "f:2: [aws] ask_ssm = 'maybe': allowed is yes or no" },
		{ "of a sink", "[sink a]\ntype = x\n",
		  "f:2: [sink a] type = 'x': allowed is file, journal, syslog, https, "
		  "splunk, elasticsearch, slack, teams or pagerduty" },
		{ "twice", "[policy]\nfile = /x\n[aws]\n[policy]\nfile = /x\n",
		  "f:5: [policy] file = '/x': it is set twice, first in line 2" },
		{ "twice, once wrong", "[policy]\nfile = x\nfile = /x\n",
		  "f:2: [policy] file = 'x': a path is absolute: it begins with '/'; "
		  "f:3: [policy] file = '/x': it is set twice, first in line 2" },
		{ "comment behind", "[agent]\nkeep = 5d # days\n",
		  "f:2: [agent] keep = '5d # days': a comment needs a line of its own" },
		{ "every cloud is checked", "[azure]\nlateness = 5\n[gcp]\nx = 1\n",
		  "f:2: [azure] lateness = '5': a duration needs its unit: us, ms, s, "
		  "min, "
		  "h, d or w; f:4: unknown key 'x' in [gcp]: allowed are "
		  "provisional_after, final_after, final_after_weak, lateness, "
		  "blind_after, skew, twin_wait, poll_interval, metadata_endpoint, "
		  "logging_endpoint, ca_file, api_log_dir, ask" },
		{ "NUL and the like", "[agent]\nkeep = \x01\n",
		  "f: line 2: a character that does not show: U+0001" },
		/* sinks */
		{ "sink without a name", "[sink]\n",
		  "f:1: a sink's section is [sink NAME], the name 1 to 32 letters, "
		  "digits, "
		  "'_' and '-'" },
		{ "sink's name", "[sink a.b]\n",
		  "f:1: a sink's section is [sink NAME], the name 1 to 32 letters, "
		  "digits, "
		  "'_' and '-'" },
		{ "sink's name too long", "[sink abcdefghabcdefghabcdefghabcdefghx]\n",
		  "f:1: a sink's section is [sink NAME], the name 1 to 32 letters, "
		  "digits, "
		  "'_' and '-'" },
		{ "sinks", "[sinks]\n",
		  "f:1: unknown section [sinks]: did you mean [sink]? allowed are agent, "
		  "sources, correlation, courier, policy, metrics, aws, azure, gcp, "
		  "identity, "
		  "sink "
		  "NAME" },
		{ "url of a file", "[sink a]\nurl = https://siem.example.com\n",
		  "f:2: [sink a] url: type = file does not take it, but path" },
		{ "path of the journal", "[sink a]\npath = /x\ntype = journal\n",
		  "f:2: [sink a] path: type = journal does not take it" },
		{ "format of the journal", "[sink a]\nformat = ocsf\ntype = journal\n",
		  "f:2: [sink a] format = 'ocsf': type = journal takes native" },
		{ "one file, two sinks", "[sink a]\npath=/x\n[sink b]\npath=/x\n",
		  "f:4: [sink b] writes to the same file as [sink a]: each needs a path "
		  "of "
		  "its own" },
		{ "nothing to send to", "[sink a]\ntype = syslog\n",
		  "f:2: [sink a] type = syslog needs url" },
		{ "nothing to post to", "[sink a]\ntype = https\n",
		  "f:2: [sink a] type = https needs url or url_file" },
		{ "no token",
		  "[sink a]\ntype = splunk\nurl = https://splunk.example.com:8088\n",
		  "f:2: [sink a] type = splunk needs token_file" },
		{ "no routing key", "[sink a]\ntype = pagerduty\n",
		  "f:2: [sink a] type = pagerduty needs token_file" },
		{ "two urls",
		  "[sink a]\ntype = slack\nurl = https://a.example.com\n"
		  "url_file = /u\n",
		  "f:3: [sink a] url: url_file is set, too, and one is enough" },
		{ "https for syslog",
		  "[sink a]\ntype=syslog\nurl=https://a.example.com\n",
		  "f:3: [sink a] url = 'https://a.example.com': type = syslog has one "
		  "that begins with tcp:// tls:// unix:" },
		{ "syslog for https", "[sink a]\ntype=https\nurl=tcp://a.example.com:1\n",
		  "f:3: [sink a] url = 'tcp://a.example.com:1': type = https has one "
		  "that "
		  "begins with https:// http://" },
		{ "key of another type",
		  "[sink a]\ntype = https\nurl = https://a.example.com\n"
		  "acknowledge = yes\n",
		  "f:4: [sink a] acknowledge: type = https does not take it, but url "
		  "url_file token_file hmac_key_file ca_file client_certificate_file "
		  "client_key_file" },
		{ "format of another type",
		  "[sink a]\ntype = slack\nurl_file = /u\nformat = cef\n",
		  "f:4: [sink a] format = 'cef': type = slack takes slack" },
		{ "no JSON for elasticsearch",
		  "[sink a]\ntype=elasticsearch\nurl=https://a.example.com\nformat=cef\n",
		  "f:4: [sink a] format = 'cef': type = elasticsearch takes ecs ocsf "
		  "ocsf-1.9 native udm asff" },
		{ "trust without TLS",
		  "[sink a]\ntype = syslog\nurl = tcp://192.0.2.1:514\nca_file = /ca\n",
		  "f:4: [sink a] ca_file: its url is one without TLS" },
		{ "certificate without key",
		  "[sink a]\ntype = https\nurl = https://a.example.com\n"
		  "client_certificate_file = /c\n",
		  "f:4: [sink a] client_certificate_file: it goes with client_key_file, "
		  "which is not set" },
		{ "key without certificate",
		  "[sink a]\ntype = https\nurl = https://a.example.com\n"
		  "client_key_file = credential:k\n",
		  "f:4: [sink a] client_key_file: it goes with client_certificate_file, "
		  "which is not set" },
		{ "waits", "[sink a]\nretry_most = 100ms\n",
		  "f:2: [sink a] retry_first = 1s: allowed is at most retry_most, which "
		  "is 100ms" },
		/* contradictions */
		{ "order", "[correlation]\nprovisional_after = 2h\n",
		  "f:2: [correlation] provisional_after = 2h: allowed is at most "
		  "final_after, which is 1h" },
		{ "order, the other one set", "[correlation]\nfinal_after = 5min\n",
		  "f:2: [correlation] provisional_after = 10min: allowed is at most "
		  "final_after, which is 5min" },
		{ "order, a cloud's own", "[aws]\n\nprovisional_after = 2h\n",
		  "f:3: [aws] provisional_after = 2h: allowed is at most "
		  "final_after, which is 1h" },
		{ "order of the weak", "[correlation]\nfinal_after_weak = 30min\n",
		  "f:2: [correlation] final_after = 1h: allowed is at most "
		  "final_after_weak, which is 30min" },
		{ "external id", "[aws]\nexternal_id = x\n",
		  "f:2: [aws] external_id: it goes with role_arn, which is not set" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct config config = { .sink_count = 7 };
		struct err err = { .text = "" };

		check_row(rows[i].name);
		CHECK_INT(config_read_text(slice_text(rows[i].text), "f", &config, &err),
			  -1);
		CHECK_TEXT(err.text, rows[i].error);
		CHECK_UINT(config.sink_count, 7); /* untouched */
	}
}

static void test_sinks(void)
{
	static const struct {
		const char *text, *format, *records;
	} rows[] = {
		{ "type = file", "ocsf", "findings" },
		{ "type = journal", "native", "both" },
		{ "type = syslog\nurl = unix:/dev/log", "ocsf", "both" },
		{ "type = syslog\nurl = tls://a.example.com:6514\nca_file = /ca\n"
		  "client_certificate_file = /c\nclient_key_file = /k\nformat = cef",
		  "cef", "both" },
		{ "type = https\nurl = https://a.example.com\nhmac_key_file = /k\n"
		  "records = logins\nformat = slack",
		  "slack", "logins" },
		{ "type = splunk\nurl = http://127.0.0.1:8088\ntoken_file = "
		  "credential:t\n"
		  "acknowledge = yes\nindex = main",
		  "ocsf", "both" },
		{ "type = elasticsearch\nurl_file = /u\nindex = logs-a", "ecs", "both" },
		{ "type = slack\nurl_file = credential:u", "slack", "findings" },
		{ "type = teams\nurl_file = /u", "teams", "findings" },
		{ "type = pagerduty\ntoken_file = /t", "pagerduty", "findings" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_CONFIG struct config config = { .sink_count = 0 };
		AUTO_BUF struct buf text = BUF_LIMIT(1000);
		struct err err;

		check_row(rows[i].text);
		buf_append_format(&text, "[sink a]\n%s\n", rows[i].text);
		if (!CHECK_OK(config_read_text(buf_slice(&text), "f", &config, &err),
			      &err))
			continue;
		CHECK_TEXT(config.sinks[0].format, rows[i].format);
		CHECK_TEXT(config.sinks[0].records, rows[i].records);
	}
}

static void test_too_many_sinks(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(4096);
	struct config config = { .sink_count = 0 };
	struct err err;

	for (size_t i = 0; i < CONFIG_SINKS_MAX; i++)
		buf_append_format(&text, "[sink s%zu]\npath=/%zu\n", i, i);
	CHECK_OK(config_read_text(buf_slice(&text), "f", &config, &err), &err);
	CHECK_UINT(config.sink_count, CONFIG_SINKS_MAX);
	config_release(&config);
	buf_append_text(&text, "[sink more]\n");
	CHECK_INT(config_read_text(buf_slice(&text), "f", &config, &err), -1);
	CHECK_TEXT(err.text, "f:33: more than 16 sinks");
}

static void test_cloud_overrides(void)
{
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err;

	CHECK_OK(config_read_text(SLICE("[aws]\nlateness = 1min\nfinal_after = 2h\n"
					"skew =\n"
					"[azure]\nlateness = 9min\n"
					"[correlation]\nlateness = 2min\nskew = 7s\n"),
				  "f", &config, &err),
		 &err);
	CHECK_INT(config.aws_correlation.lateness, US_PER_MINUTE);
	CHECK_INT(config.aws_correlation.final_after, 2 * US_PER_HOUR);
	CHECK_INT(config.aws_correlation.final_after_weak, 4 * US_PER_HOUR);
	CHECK_INT(config.aws_correlation.skew, 7 * US_PER_SECOND);
	CHECK_INT(config.azure_correlation.lateness, 9 * US_PER_MINUTE);
	CHECK_INT(config.azure_correlation.provisional_after, 20 * US_PER_MINUTE);
	CHECK_INT(config.gcp_correlation.lateness, 2 * US_PER_MINUTE);
	CHECK_INT(config.gcp_correlation.provisional_after, 5 * US_PER_MINUTE);
	CHECK_INT(config.correlation.lateness, 2 * US_PER_MINUTE);
	CHECK_INT(config.correlation.skew, 7 * US_PER_SECOND);
	CHECK_INT(config_windows(&config, SLICE("azure")) == &config.azure_correlation,
		  true);
	CHECK_INT(config_windows(&config, SLICE("")) == &config.correlation, true);
	config_release(&config);

	/* what was set for all clouds counts before a cloud's default */
	CHECK_OK(config_read_text(SLICE("[correlation]\nlateness = 1s\n"
					"[gcp]\nskew = 3s\n"),
				  "f", &config, &err),
		 &err);
	CHECK_INT(config.azure_correlation.lateness, US_PER_SECOND);
	CHECK_INT(config.gcp_correlation.lateness, US_PER_SECOND);
	CHECK_INT(config.correlation.skew, 3 * US_PER_SECOND);
	CHECK_INT(config.azure_correlation.skew, 3 * US_PER_SECOND);
}

/* ---- files
 * ------------------------------------------------------------------------------- */

static int read_scratch(struct scratch *scratch, enum config_reader reader,
			struct config *config, struct err *err)
{
	AUTO_BUF struct buf path = BUF_LIMIT(4096);

	buf_append_text(&path, scratch_path(scratch, "main.conf"));
	return config_read(buf_text(&path), reader, config, err);
}

static void check_failure(struct scratch *scratch, const char *error)
{
	struct config config = { .sink_count = 0 };
	struct err err = { .text = "" };

	CHECK_INT(read_scratch(scratch, CONFIG_FOR_AGENT, &config, &err), -1);
	CHECK_TEXT(scratch_plain(scratch, err.text), error);
}

static void test_drop_ins(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err = { .text = "" };

	scratch_init(&scratch);
	must(mkdir(scratch_path(&scratch, "conf.d"), 0700) == 0);
	scratch_write(&scratch, "main.conf",
		      SLICE("[agent]\nkeep = 1d\ngroup = main\n[sink a]\npath = /a\n"));
	scratch_write(&scratch, "conf.d/20.conf", SLICE("[agent]\nkeep = 3d\n"));
	scratch_write(&scratch, "conf.d/10.conf",
		      SLICE("[agent]\nkeep = 2d\nstate_dir = /ten\n"
			    "[sink a]\nmin_severity = high\n[sink b]\ntype = journal\n"));
	scratch_write(&scratch, "conf.d/30.conf~", SLICE("garbage\n"));
	CHECK_OK(read_scratch(&scratch, CONFIG_FOR_AGENT, &config, &err), &err);
	CHECK_INT(config.agent.keep, 3 * US_PER_DAY);
	CHECK_TEXT(config.agent.group, "main");
	CHECK_TEXT(config.agent.state_dir, "/ten");
	CHECK_UINT(config.sink_count, 2);
	CHECK_TEXT(config.sinks[0].path, "/a");
	CHECK_TEXT(config.sinks[0].min_severity, "high");
}

static void test_files(void)
{
	AUTO_SCRATCH struct scratch scratch;

	scratch_init(&scratch);
	check_failure(&scratch, "@/main.conf: there is no such file");
	scratch_write(&scratch, "main.conf", SLICE("[agent]\nkeep = 1\n"));
	must(mkdir(scratch_path(&scratch, "conf.d"), 0700) == 0);
	scratch_write(&scratch, "conf.d/a.conf", SLICE("[agent]\nx\n"));
	scratch_write(&scratch, "conf.d/b.conf", SLICE(""));
	must(chmod(scratch_path(&scratch, "conf.d/b.conf"), 0666) == 0);
	check_failure(
		&scratch,
		"@/main.conf:2: [agent] keep = '1': a duration needs its unit: us, "
		"ms, s, min, h, d or w; @/conf.d/a.conf:2: neither '[section]' nor "
		"'key = value'; @/conf.d/b.conf: others than its owner may write it "
		"(mode 0666): chmod go-w");
	must(chmod(scratch_path(&scratch, "conf.d"), 0777) == 0);
	check_failure(
		&scratch,
		"@/main.conf:2: [agent] keep = '1': a duration needs its unit: us, "
		"ms, s, min, h, d or w; @/: the folder 'conf.d' is not safe: others "
		"than its owner may write it (mode 0777): chmod go-w");
	must(chmod(scratch.folder, 0770) == 0);
	check_failure(&scratch, "the folder '@' is not safe: others than its owner may "
				"write it (mode 0770): chmod go-w");
	must(chmod(scratch.folder, 0700) == 0);
}

/* A dangling link among the drop-ins is a file that was meant to be there. */
static void test_dangling(void)
{
	AUTO_SCRATCH struct scratch scratch;

	scratch_init(&scratch);
	scratch_write(&scratch, "main.conf", SLICE(""));
	must(mkdir(scratch_path(&scratch, "conf.d"), 0700) == 0);
	must(symlink("/none/there", scratch_path(&scratch, "conf.d/a.conf")) == 0);
	check_failure(&scratch, "@/conf.d/a.conf: there is no such file");
}

/* What is wrong in others' sections is none of the courier's business. */
static void test_courier(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err = { .text = "" };

	scratch_init(&scratch);
	scratch_write(&scratch, "main.conf",
		      SLICE("[agent]\nkeep = 5\n[correlation]\nfinal_after = 4h\n"
			    "[courier]\nidle_exit = 9s\n[identity]\nregion = r\n"
			    "[aws]\nrole_arn = arn\nprovisional_after = 3h\n"));
	CHECK_OK(read_scratch(&scratch, CONFIG_FOR_COURIER, &config, &err), &err);
	CHECK_INT(config.courier.idle_exit, 9 * US_PER_SECOND);
	CHECK_TEXT(config.aws.role_arn, "arn");
	CHECK_TEXT(config.identity.region, "r");
	CHECK_INT(config.agent.keep, 400 * US_PER_DAY);
	config_release(&config);

	scratch_write(&scratch, "main.conf", SLICE("[agent]\nkept = 5\n"));
	CHECK_INT(read_scratch(&scratch, CONFIG_FOR_COURIER, &config, &err), -1);
}

static void test_long(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1 << 20);
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	struct err err = { .text = "" };

	buf_append_text(&text, "[aws]\nrole_arn = arn:aws:iam::111122223333:role/");
	fill_repeated(&text, SLICE("x"), 512);
	buf_append_text(&text, "\n[sources]\nfiles =");
	for (size_t i = 0; i < 200; i++)
		buf_append_format(&text, " /var/log/remote/host-%zu/auth.log", i);
	buf_append_text(&text, "\n");
	CHECK_OK(config_read_text(buf_slice(&text), "f", &config, &err), &err);
	CHECK_UINT(strlen(config.aws.role_arn), 31 + 512);
	CHECK_UINT(config.sources.files.count, 200);
	CHECK_TEXT(config.sources.files.items[199], "/var/log/remote/host-199/auth.log");
}

static void count(void *ctx, const struct err *problem)
{
	(void)problem;
	(*(unsigned *)ctx)++;
}

/* A file of nothing but mistakes is told up to a limit, in time that is linear. */
static void test_many_problems(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	unsigned told = 0;
	struct config_request request = { .tell = count, .ctx = &told };
	struct config config;
	struct err err;

	scratch_init(&scratch);
	fill_repeated(&text, SLICE("x\n"), LIMIT_CONFIG_BYTES / 2);
	scratch_write(&scratch, "main.conf", buf_slice(&text));
	buf_append_text(&path, scratch_path(&scratch, "main.conf"));
	request.path = buf_text(&path);
	CHECK_INT(config_read_request(&request, &config, &err), -1);
	CHECK_UINT(told, LIMIT_CONFIG_PROBLEMS);
}

/* ---- printing
 * ---------------------------------------------------------------------------- */

static void without_comments(struct slice text, struct buf *buf)
{
	struct slice line;

	while (slice_take_until(&text, '\n', &line)) {
		if (line.len && line.ptr[0] == '#')
			continue;
		buf_append(buf, line);
		buf_append_byte(buf, '\n');
	}
}

static const char *const printed[] = {
	"",
	"[agent]\nkeep = 36h\nmax_state_bytes = 16385KiB\nstate_dir = /a \\b\n",
	"[correlation]\nfinal_after = 3600001us\nprovisional_after = 1s\nskew = 0s\n",
	"[aws]\nfinal_after = 90min\nlateness = 7min\nrole_arn = a\nexternal_id = b\n"
	"ask_ssm = no\n",
	"[azure]\nlateness = 1h 1min\nmanagement_endpoint = https://a\n"
	"[gcp]\nlogging_endpoint = http://b\n",
	"[sources]\nfiles = /a,/b\njournal = /j\nssm_log = no\nbackfill = 1d 1s\n",
	"[sources]\nazure_logs = /l\ncloud_init_log = no\nauthorized_keys = no\n",
	"[sources]\nauthorized_keys = /h/*/k /r/k\n",
	"[identity]\nprovider = none\nprivate_ips = 192.0.2.1 2001:db8::1\n"
	"launched_at = 2026-01-28T10:58:02.5+01:00\n",
	"[courier]\nmode = off\nhttps_proxy = none\nno_proxy = a b, c\n",
	"[sink b]\ntype = journal\n[sink a]\npath = /x y\nformat = native\n"
	"min_severity = medium\n[sink c]\n",
};

/* What is printed reads as the same configuration, whose print is the same again. */
static void test_round_trip(void)
{
	for (size_t i = 0; i < COUNT_OF(printed); i++) {
		struct config config = { .sink_count = 0 };
		struct buf first = BUF_LIMIT(1 << 20), second = BUF_LIMIT(1 << 20);
		struct buf plain = BUF_LIMIT(1 << 20), again = BUF_LIMIT(1 << 20);
		struct err err = { .text = "" };

		check_row(printed[i]);
		if (!CHECK_OK(
			    config_read_text(slice_text(printed[i]), "f", &config, &err),
			    &err))
			continue;
		config_print(&config, &first);
		config_release(&config);
		if (CHECK_OK(config_read_text(buf_slice(&first), "g", &config, &err),
			     &err))
			config_print(&config, &second);
		config_release(&config);
		without_comments(buf_slice(&first), &plain);
		without_comments(buf_slice(&second), &again);
		CHECK_TEXT(buf_text(&again), buf_text(&plain));
		buf_release(&first);
		buf_release(&second);
		buf_release(&plain);
		buf_release(&again);
	}
}

static void test_origins(void)
{
	AUTO_CONFIG struct config config = { .sink_count = 0 };
	AUTO_BUF struct buf text = BUF_LIMIT(1 << 20);
	struct err err = { .text = "" };

	CHECK_OK(config_read_text(SLICE("[agent]\nkeep = 36h\n[aws]\nskew=1s\n"
					"[sink a]\ntype=file\n"),
				  "a\x1b.conf", &config, &err),
		 &err);
	config_print(&config, &text);
	CHECK(slice_find(buf_slice(&text), SLICE("# default\ngroup = countersign\n"
						 "# a\\x1b.conf:2\nkeep = 36h\n")) > 0);
	CHECK(slice_find(buf_slice(&text), SLICE("# a\\x1b.conf:4\nskew = 1s\n"
						 "# default\ntwin_wait = 30s\n")) > 0);
	CHECK(slice_find(buf_slice(&text),
			 SLICE("\n[sink a]\n# a\\x1b.conf:6\ntype = file\n")) > 0);
}

static void test_policy_path(void)
{
	static const struct {
		const char *name, *text, *main, *want;
		bool may_be_missing;
	} rows[] = {
		{ "usual", "", NULL, "/etc/countersign/policy.conf", true },
		{ "beside", "", "/srv/a/b.conf", "/srv/a/policy.conf", true },
		{ "at the top", "", "/b.conf", "/policy.conf", true },
		{ "here", "", "b.conf", "policy.conf", true },
		{ "named", "[policy]\nfile = /p.conf\n", "/srv/a/b.conf", "/p.conf",
		  false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_CONFIG struct config config = { .sink_count = 0 };
		bool may_be_missing = !rows[i].may_be_missing;
		struct err err;
		char *path;

		check_row(rows[i].name);
		CHECK_OK(config_read_text(slice_text(rows[i].text), "f", &config, &err),
			 &err);
		path = config_policy_path(&config, rows[i].main, &may_be_missing);
		CHECK_TEXT(path, rows[i].want);
		CHECK_INT(may_be_missing, rows[i].may_be_missing);
		free(path);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "defaults", test_defaults },
		{ "values", test_values },
		{ "errors", test_errors },
		{ "sinks", test_sinks },
		{ "too many sinks", test_too_many_sinks },
		{ "a cloud's own section", test_cloud_overrides },
		{ "drop-ins", test_drop_ins },
		{ "files", test_files },
		{ "dangling link", test_dangling },
		{ "courier", test_courier },
		{ "long values", test_long },
		{ "many problems", test_many_problems },
		{ "round trip", test_round_trip },
		{ "origins", test_origins },
		{ "where the policy is", test_policy_path },
		{ NULL, NULL },
	};

	return check_run("config/config", tests);
}
