/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Configuration: /etc/countersign/countersign.conf and its conf.d/ in, one struct with
 * every value out, each with its origin. The table config/config.def says which settings
 * there are, of which type, in which range and unit, and with which default; parser,
 * `check-config --print` and the manual page are made from it. An unknown section or key,
 * a bad value or a missing unit is an error naming file, line and what is allowed. Read
 * by agent, courier and command line alike; nothing secret is ever in it.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

#define CONFIG_PATH "/etc/countersign/countersign.conf"

struct config_list {
	char **items; /* owned */
	size_t count;
};

/* auto|yes|no|PATH: `path` is set for the last only. */
enum config_choice {
	CONFIG_AUTO,
	CONFIG_YES,
	CONFIG_NO,
	CONFIG_AT_PATH,
};
struct config_source {
	enum config_choice choice;
	char *path; /* owned; NULL but for CONFIG_AT_PATH */
};

enum courier_mode {
	COURIER_AUTO,	/* socket-activated under systemd, else a child */
	COURIER_SOCKET, /* only by its socket */
	COURIER_CHILD,	/* only as a child over a socket pair */
	COURIER_OFF,	/* never: no network at all */
};

#define CONFIG_SINKS_MAX 16
struct config_sink {
	char *name;    /* owned, as all texts; of [sink NAME] */
	char *type;    /* "file", "journal", "syslog" ... */
	char *format;  /* "" = the type's own */
	char *records; /* "findings", "logins", "both"; "" = the type's own */
	char *min_severity;
	char *rules; /* patterns; "" = all */
	char *path;  /* file: where, NULL = log_dir/alerts.jsonl */
	char *url;
	/* Where secrets are, never what: an absolute path, or "credential:NAME". */
	char *url_file, *token_file, *hmac_key_file, *client_key_file;
	char *ca_file, *client_certificate_file;
	char *index;
	bool acknowledge;
	uint64_t batch; /* records */
	us_span timeout, retry_first, retry_most;
	uint64_t max_bytes;
};

/* Texts are owned and never NULL unless said; "" = not set. Spans are in microseconds;
 * where said, -1 = not set. */
struct config {
	struct {
		char *state_dir;   /* /var/lib/countersign */
		char *runtime_dir; /* /run/countersign */
		char *log_dir;	   /* /var/log/countersign */
		char *group;	   /* may see logins: "countersign" */
		us_span keep;	   /* how long logins and findings are kept: 400d */
		uint64_t max_state_bytes; /* 512MiB; the oldest go first */
		us_span heartbeat;	  /* -1 = no */
	} agent;
	struct {
		struct config_source journal;
		bool files_auto;	  /* files = auto */
		struct config_list files; /* else these */
		struct config_source ssm_log;
		char *ssm_data_dir; /* /var/lib/amazon/ssm */
		/* the folder with waagent.log and azure/: /var/log */
		struct config_source azure_logs;
		struct config_source cloud_init_log;
		struct config_list authorized_keys; /* auto: none; no: "no" */
		us_span backfill;     /* -1 = no: from the end at the first start */
		us_span silent_after; /* a source that says nothing for so long is told
					 in status; default 1h */
	} sources;
	struct config_correlation {
		us_span provisional_after, final_after, final_after_weak, lateness,
			blind_after, skew, twin_wait, poll_interval;
	} correlation; /* where no cloud is known; skew and twin_wait are every cloud's */
	/* for each cloud, as its own section says, else [correlation], else by default */
	struct config_correlation aws_correlation, azure_correlation, gcp_correlation;
	struct {
		enum courier_mode mode;
		char *program;	   /* child mode: "" = beside countersignd, or in
				      $libexecdir */
		us_span idle_exit; /* 30s */
		char *https_proxy; /* "" = from the environment; "none" = never */
		char *no_proxy;
	} courier;
	struct {
		char *file;
	} policy;
	struct {
		char *file; /* "" = none */
		us_span interval;
	} metrics;
	struct {
		char *metadata_endpoint;   /* "" = http://169.254.169.254, then IPv6 */
		char *cloudtrail_endpoint; /* "" = by region and partition */
		char *ssm_endpoint, *sts_endpoint;
		char *ca_file;
		char *role_arn, *external_id;
		char *api_log_dir;
		bool ask;     /* CloudTrail and Systems Manager; metadata always */
		bool ask_ssm; /* DescribeSessions, ListCommands where permitted */
	} aws;
	struct {
		char *metadata_endpoint;   /* "" = http://169.254.169.254 */
		char *management_endpoint; /* "" = by the cloud the machine is in */
		char *ca_file;
		char *client_id; /* of a user-assigned identity; "" = the only one */
		char *api_log_dir;
		bool ask; /* the Activity Log; metadata always */
	} azure;
	struct {
		char *metadata_endpoint; /* "" = http://169.254.169.254 */
		char *logging_endpoint;	 /* "" = https://logging.googleapis.com */
		char *ca_file;
		char *api_log_dir;
		bool ask; /* Cloud Logging; metadata always */
	} gcp;
	struct {
		char *provider; /* "" = found out; "aws", "azure", "gcp"; "none" = of
				   no cloud */
		char *instance_id, *region, *account;
		struct config_list private_ips;
		struct config_list tags; /* "key=value" */
		us_time launched_at;	 /* US_TIME_NONE = not set */
	} identity;
	struct config_sink sinks[CONFIG_SINKS_MAX];
	size_t sink_count;		/* 0 = alerts.jsonl and the journal */
	struct config_origins *origins; /* owned: where each value came from */
};

/* Which sections matter to the reader; the others are checked for their names only. */
enum config_reader {
	CONFIG_FOR_AGENT,
	CONFIG_FOR_COURIER, /* [courier], [aws], [azure], [gcp], [identity], [sink ...] */
};

/* Reads `path` and, in order of names, the *.conf of "conf.d" beside it. `path` NULL:
 * CONFIG_PATH, which may be missing (all defaults); a given path must exist. A file or
 * folder that others than its owner may write, or that is neither root's nor this
 * user's, is refused. The caller releases the result; on failure it is untouched. Every
 * error found is in `err`'s text up to its size, the first one first. */
int config_read(const char *path, enum config_reader reader, struct config *ret_config,
		struct err *err) __attribute__((warn_unused_result));
void config_release(struct config *config);

/* As config_read(), and tells every error by itself, in the order of the files. */
struct config_request {
	const char *path; /* NULL = CONFIG_PATH */
	enum config_reader reader;
	void (*tell)(void *ctx, const struct err *problem); /* may be NULL */
	void *ctx;
};
int config_read_request(const struct config_request *request, struct config *ret_config,
			struct err *err) __attribute__((warn_unused_result));

/* As config_read() of this one text, which is called `name` in errors. */
int config_read_text(struct slice text, const char *name, struct config *ret_config,
		     struct err *err) __attribute__((warn_unused_result));

#define AUTO_CONFIG __attribute__((cleanup(config_release)))

/* The windows of the cloud of this name ("aws" ...), [correlation]'s for any other. */
const struct config_correlation *config_windows(const struct config *config,
						struct slice cloud);

/* Where the policy is: as [policy] file says, else policy.conf beside the configuration's
 * main file, `path` as config_read() got it, where it may be missing. The caller owns the
 * result. */
char *config_policy_path(const struct config *config, const char *path,
			 bool *ret_may_be_missing);

/* The whole effective configuration as a file that config_read() takes, each value with
 * a comment that says where it came from (file:line, or default). */
void config_print(const struct config *config, struct buf *buf);

/* One setting as it is; borrowed for the call. */
struct config_shown {
	const char *section;
	const char *sink; /* the NAME of [sink NAME]; NULL in other sections */
	const char *key;
	struct slice value; /* as it is written; empty = not set */
	const char *file;   /* where it came from; NULL = it is the default */
	unsigned line;
};
/* All of them, by section. */
void config_each(const struct config *config,
		 void (*take)(void *ctx, const struct config_shown *shown), void *ctx);
