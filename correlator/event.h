/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Event: one thing that was said, by the host or by the control plane, with what is
 * needed to judge it and no more. Plain data: every slice is borrowed for the duration of
 * the call it is handed over in, empty means "not said", and numbers say below what means
 * unknown. Text that people may want to read later stays outside, reached by `evidence`.
 *
 * Nothing secret is ever in an event: no token, no command line of a payload, no
 * parameter.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/time.h"
#include "correlator/words.h"

enum event_kind {
	/* said by the host */
	EVENT_KEY_OFFERED,     /* Instance Connect gave sshd a key */
	EVENT_LOGIN_ACCEPTED,  /* sshd accepted a login */
	EVENT_KEY_PARTIAL,     /* sshd took a key and wants a second factor */
	EVENT_SSHD_LISTENING,  /* sshd listens on a port */
	EVENT_CONSOLE_LOGIN,   /* login(1) let somebody in */
	EVENT_SESSION_OPENED,  /* pam_unix opened a session */
	EVENT_SESSION_CLOSED,  /* pam_unix closed it */
	EVENT_LOGIND_OPENED,   /* systemd-logind: new session */
	EVENT_LOGIND_CLOSED,   /* systemd-logind: session removed */
	EVENT_ACCOUNT_CREATED, /* useradd made an account */
	EVENT_SUDO,	       /* sudo ran something */
	EVENT_RUN,	       /* the SSM agent: a session, command or association */
	/* said by the control plane */
	EVENT_API_CALL,
	/* about the sources */
	EVENT_GAP,	     /* host lines were lost */
	EVENT_HOST_COVERAGE, /* a host source was read without a hole */
	EVENT_PROGRESS, /* a log class of the control plane was read without a hole */
	EVENT_API_HOLE, /* a part of it could not be read */
	EVENT_SIGHT,	/* sight of the control plane was lost, or is back */
	EVENT_IDENTITY, /* who this host is */
	/* said by the host; the numbers of kinds are stored, so new ones come last */
	EVENT_EXTENSION,  /* the Azure agent and its extension handlers */
	EVENT_SCRIPT,	  /* something the cloud has the host run at boot or by policy */
	EVENT_CLOUD_USER, /* OS Login, Entra: what the host said of one of their users */
	EVENT_CLOUD_KEY,  /* a key that the cloud's agent put into authorized_keys */
	EVENT_CREDENTIAL_SET,  /* the cloud's agent set a password, a key or an account */
	EVENT_ACCOUNT_CHANGED, /* usermod, gpasswd, passwd changed an account */
	EVENT_BOOT,	       /* the host starts, or goes down */
	EVENT_KIND_COUNT
};

/* Whether the host's own logs say it: then it has a source and a trust of its own. */
static inline bool event_kind_is_of_host(enum event_kind kind)
{
	return kind < EVENT_API_CALL || kind > EVENT_IDENTITY;
}

/* EVENT_KEY_OFFERED. Providing ssh key from EC2 Instance Connect with fingerprint: ... */
struct key_offered {
	struct slice fingerprint; /* "SHA256:" and 43 characters */
	struct slice request_id;  /* may be empty */
	struct slice principal;	  /* "for IAM principal", may be empty */
};

/* EVENT_LOGIN_ACCEPTED, EVENT_KEY_PARTIAL. Accepted publickey for deploy from ... */
struct login_accepted {
	struct slice user;
	struct slice method;	/* "publickey", "keyboard-interactive/pam" ... */
	struct slice source_ip; /* a literal address */
	uint16_t source_port;
	struct slice key_type;	  /* "ED25519", "RSA-CERT" ...; empty without a key */
	struct slice fingerprint; /* of the key or certificate; empty without one */
	struct slice certificate_id;
	bool certificate_cut; /* a certificate whose CA the 500-byte cut took away */
};

/* EVENT_SSHD_LISTENING. Server listening on 0.0.0.0 port 22. */
struct sshd_listening {
	uint16_t port;
};

/* EVENT_CONSOLE_LOGIN. DIALUP AT ttyS0 BY bob / LOGIN ON ttyS0 BY bob / ROOT LOGIN ... */
struct console_login {
	struct slice user; /* "root" for ROOT LOGIN lines */
	struct slice tty;  /* "ttyS0", without "/dev/"; may be empty */
};

/* EVENT_SESSION_OPENED, _CLOSED. pam_unix(login:session): session opened for user bob ...
 */
struct pam_session {
	struct slice service; /* "sshd", "login", "sudo", "cron" ... */
	struct slice user;
	struct slice by;  /* who opened it; may be empty */
	struct slice tty; /* of login(1), as its getty's unit is named; may be empty */
};

/* EVENT_LOGIND_OPENED, _CLOSED. New session 5 of user bob. */
struct logind_session {
	struct slice session; /* logind's own number */
	struct slice user;    /* empty when closed */
	uint32_t leader_pid;  /* 0 = unknown (text files do not say it) */
	struct slice tty;     /* may be empty */
};

/* EVENT_ACCOUNT_CREATED. new user: name=ssm-user, UID=1001, ... */
struct account_created {
	struct slice user;
	uint32_t uid;
};

/* EVENT_SUDO. alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=... (the command is not
 * kept) */
struct sudo_use {
	struct slice user;
	struct slice target_user;
	struct slice tty;
};

enum run_kind {
	RUN_SESSION,
	RUN_COMMAND,
	RUN_ASSOCIATION,
};

enum run_stage {
	RUN_STARTED,   /* submission started, worker started: makes a login */
	RUN_CONNECTED, /* Plugin ... started: makes a login */
	RUN_DESCRIBED, /* Payload or DataBackend: adds what is known, makes none */
	RUN_ENDED,     /* closed or complete: makes none */
};

/* EVENT_RUN. A line of amazon-ssm-agent.log about one session, command or association. */
struct run {
	enum run_kind kind;
	enum run_stage stage;
	struct slice id;       /* session id, command id, or association id */
	struct slice instance; /* "i-", "mi-" or "ecs:" id the line names; may be empty */
	struct slice plugin;   /* "Standard_Stream", "Port", "aws:runShellScript" ... */
	struct slice document; /* "AWS-StartSSHSession" ... */
	struct slice owner;    /* SessionOwner, an ARN */
	struct slice run_as_user;
	uint16_t port;	       /* port a Port session leads to, 0 = unknown */
	bool port_is_remote;   /* it leads to another host: this one is only a pivot */
	uint64_t content_hash; /* associations: document and parameters, 0 = unknown */
};

enum extension_stage {
	EXTENSION_GOAL_STATE, /* the agent takes up a goal state: what follows is its */
	EXTENSION_STATE,      /* the state a handler was in when it was taken up */
	EXTENSION_SETTINGS,   /* a settings file's number; said on every goal state */
	EXTENSION_EXECUTED,   /* a line of its own says that this number runs now */
	EXTENSION_ENDED,      /* that it has run */
	EXTENSION_REMOVED,    /* uninstalled: its numbers begin anew */
	EXTENSION_KNOWN,      /* not said by a log: what the agent remembers of this
				 number, so that it is no news */
};

/* EVENT_EXTENSION. waagent.log, its journal twin, and the handlers' own logs. Never
 * anything of a command, an address, a setting or an output. */
struct extension {
	enum extension_stage stage;
	struct slice handler; /* "Microsoft.CPlat.Core.RunCommandLinux", without version;
				 empty for a goal state */
	struct slice version; /* "1.3.9"; may be empty */
	struct slice name; /* of a managed run command, or of a handler's instance; may be
			      empty */
	uint64_t sequence; /* its settings' number */
	bool has_sequence;
	bool was_enabled; /* EXTENSION_STATE: the handler ran before this goal state */
	struct slice correlation_id; /* of the goal state; empty = none */
	us_time created_at;	     /* of the goal state, US_TIME_NONE = not said */
	struct slice run_as_user;    /* a run command's RunAsUser; may be empty */
};

enum script_kind {
	SCRIPT_STARTUP,	  /* a Google startup script */
	SCRIPT_SHUTDOWN,  /* a Google shutdown script */
	SCRIPT_OS_CONFIG, /* OS Config ran a step, a patch job or a policy */
	SCRIPT_USER_DATA, /* cloud-init ran the user data's scripts */
};

/* EVENT_SCRIPT. The metadata script runner, google-osconfig-agent, cloud-init. */
struct script_run {
	enum script_kind kind;
	bool has_ended;	   /* else it begins */
	struct slice name; /* the metadata key, the policy's id, the step; may be empty */
};

enum cloud_user_state {
	CLOUD_USER_SEEN,     /* it is such a user */
	CLOUD_USER_ADMITTED, /* and was let in */
	CLOUD_USER_REFUSED,
};

/* EVENT_CLOUD_USER. OS Login's helpers, pam_oslogin, aad_certhandler, pam_aad. */
struct cloud_user {
	enum cloud cloud; /* CLOUD_GCP: OS Login; CLOUD_AZURE: Entra */
	enum cloud_user_state state;
	struct slice user;	/* the host's name for it */
	struct slice principal; /* e-mail or UPN, where it is said; may be empty */
	struct slice correlation_id;
	bool is_admin;
};

/* EVENT_CLOUD_KEY. A line under "# Added by Google" in authorized_keys, or a key in the
 * metadata. */
struct cloud_key {
	struct slice user;	  /* whose file it is; may be empty */
	struct slice fingerprint; /* "SHA256:" and 43 characters */
	struct slice principal;	  /* the key's own comment says; proves nothing */
	bool is_gone;		  /* it was there and is not any more */
};

enum credential_means {
	CREDENTIAL_VM_ACCESS,	 /* Azure's VMAccess extension */
	CREDENTIAL_JIT_USER,	 /* Azure's agent made a remote access user */
	CREDENTIAL_METADATA_KEY, /* Google's agent made the user of a metadata key */
};

/* EVENT_CREDENTIAL_SET. */
struct credential_set {
	enum credential_means means;
	struct slice user; /* may be empty: it is not said which */
	bool is_password;  /* a password; else a key or an account */
	bool is_removed;   /* it was taken away again */
};

/* EVENT_ACCOUNT_CHANGED. change user 'bob' password / user bob added by root to group
 * google-sudoers */
struct account_changed {
	struct slice user;
	struct slice group; /* it was added to; empty: its password was changed */
};

/* EVENT_BOOT. */
struct boot {
	bool is_shutdown; /* the host goes down; else it starts */
};

/* Numbers are stored: new ones come last. */
enum api_action {
	API_OTHER,
	API_SEND_SSH_PUBLIC_KEY,
	API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY,
	API_OPEN_TUNNEL,
	API_START_SESSION,
	API_RESUME_SESSION,
	API_TERMINATE_SESSION,
	API_SEND_COMMAND,
	API_START_AUTOMATION_EXECUTION,
	API_CREATE_ASSOCIATION, /* also UpdateAssociation, StartAssociationsOnce, ...Batch
				 */
	API_EXECUTE_COMMAND,	/* ECS */
	API_ENABLE_SERIAL_CONSOLE_ACCESS,
	API_MODIFY_INSTANCE_ATTRIBUTE, /* EC2, of user data */
	API_RUN_INSTANCES,	       /* EC2, also StartInstances */
	API_REBOOT_INSTANCES,	       /* EC2, also StopInstances */
	/* Azure */
	API_AZURE_SERIAL_CONNECT,
	API_AZURE_ENABLE_SERIAL_CONSOLE,
	API_AZURE_BOOT_DIAGNOSTICS,
	API_AZURE_RUN_COMMAND,	     /* runCommand/action */
	API_AZURE_WRITE_RUN_COMMAND, /* runCommands/write */
	API_AZURE_WRITE_EXTENSION,
	API_AZURE_WRITE_MACHINE,   /* virtualMachines/write */
	API_AZURE_WRITE_SCALE_SET, /* also its upgrades, scale-out and machines */
	API_AZURE_REIMAGE,
	API_AZURE_RESTART, /* start, restart, powerOff, redeploy ... */
	API_AZURE_PATCH,   /* assessPatches, installPatches, and of extensions */
	API_AZURE_WRITE_APPLICATION, /* galleries/applications/versions/write */
	API_AZURE_DEPLOY,	     /* Microsoft.Resources/deployments/write */
	API_AZURE_POLICY,	     /* deployIfNotExists, modify */
	API_AZURE_BASTION_CONNECT,   /* BastionAuditLogs */
	/* Google Cloud */
	API_GCP_SERIAL_CONNECT,
	API_GCP_SERIAL_DISCONNECT,
	API_GCP_CHECK_POLICY,
	API_GCP_CONTINUE_SESSION, /* also StartSession: a second factor */
	API_GCP_IMPORT_KEY,	  /* ImportSshPublicKey, SignSshPublicKey */
	API_GCP_AUTHORIZE_TUNNEL, /* IAP: AuthorizeUser */
	API_GCP_SET_METADATA,	  /* of an instance */
	API_GCP_SET_PROJECT_METADATA,
	API_GCP_START_INSTANCE, /* insert, start, resume */
	API_GCP_RESET_INSTANCE, /* reset, stop, suspend */
	API_GCP_OS_CONFIG,
	/* Calls that open a door to instances, or darken the log that would show it */
	API_CREATE_INSTANCE_CONNECT_ENDPOINT,
	API_STOP_TRAIL,		 /* StopLogging, DeleteTrail, what thins a trail ... */
	API_AZURE_WRITE_BASTION, /* bastionHosts/write, createShareableLinks */
	API_AZURE_STOP_LOG,	 /* diagnosticSettings/delete */
	API_GCP_STOP_LOG,	 /* DeleteSink, what thins a sink, audit configs ... */
	API_ACTION_COUNT
};

/* Which keys of the metadata a call touched; their values are not logged. A machine of
 * Azure's that is written with user data has a startup script. */
enum metadata_key {
	METADATA_SSH_KEYS = 1 << 0,
	METADATA_STARTUP_SCRIPT = 1 << 1, /* also startup-script-url, shutdown-script */
	METADATA_SERIAL_PORT_ENABLE = 1 << 2,
	METADATA_ENABLE_OS_LOGIN = 1 << 3,
	METADATA_BLOCK_PROJECT_KEYS = 1 << 4,
};

enum api_outcome {
	API_ADMITTED, /* no errorCode */
	API_DENIED,   /* an authorisation error */
	API_FAILED,   /* any other errorCode: a call that did not happen */
};

enum tristate {
	TRISTATE_UNKNOWN,
	TRISTATE_FALSE,
	TRISTATE_TRUE,
};

/* EVENT_API_CALL. One record of the control plane's log. Azure writes several for one
 * call: each is an event, and they have a correlation id in common. */
struct api_call {
	/* what it is */
	struct slice id; /* eventID */
	enum api_action action;
	struct slice name; /* eventName, trimmed, as written */
	struct slice request_id;
	enum api_outcome outcome;
	struct slice error_code;
	/* who */
	struct slice principal; /* userIdentity.arn, else invokedBy or principalId */
	struct slice access_key_id;
	struct slice session_issuer;
	struct slice source_ip; /* may be a service's name */
	struct slice user_agent;
	struct slice invoked_by;
	enum tristate mfa;
	/* where */
	struct slice account; /* recipientAccountId, else the caller's */
	struct slice region;
	/* what it was for */
	const struct slice *instances; /* instance_count ids: "i-", "mi-" or "ecs:" */
	uint32_t instance_count;
	bool targets_by_tag;	      /* SendCommand by tag: instances are unknown */
	struct slice denied_instance; /* instance named after "on resource: ", in denied
					 calls */
	struct slice denied_session;  /* session id named there */
	struct slice session_id;
	struct slice command_id;
	const struct slice *association_ids;
	uint32_t association_count;
	struct slice os_user;
	struct slice fingerprint; /* of the pushed key, computed by us */
	struct slice document;
	uint16_t port; /* OpenTunnel's remotePort, a port session's portNumber */
	struct slice private_ip; /* OpenTunnel */
	int16_t serial_port;	 /* -1 = not said; the n of ttyS<n> on every cloud */
	/* Azure and Google Cloud. There `instances` holds resource ids
	 * ("/subscriptions/... /virtualMachines/vm", also of a scale set, a group or a
	 * subscription, which stand for what is in them), or numbers of instances and
	 * projects/P/zones/Z/instances/N. */
	struct slice correlation_id; /* Azure: the same in all records of one call */
	struct slice operation_id;   /* Google: joins what begins and what ends */
	struct slice resource;	/* Azure: the last part of the resource's id; of a call
				 * that opens a door what it was done to: a network, a
				 * trail, a sink, a person's profile */
	struct slice handler;	/* Azure: an extension's "publisher.type", where said */
	struct slice tunnel_id; /* Bastion */
	struct slice
		caller_hint;	/* a name that the caller chose, where no principal is */
	uint32_t metadata_keys; /* of enum metadata_key */
	bool is_admin;		/* CheckPolicy: of the right to be root */
	bool has_ended;		/* the record was written when what it began had ended */
};

/* EVENT_GAP. Lines of a host source that are lost for good. */
struct gap {
	struct slice source; /* path, or "journal" */
	struct slice cause; /* "a line of 104857600 bytes", "journald dropped 17 messages"
			       ... */
	us_time from, until; /* the time it may hide; US_TIME_NONE = unknown */
	uint64_t lost_bytes; /* 0 = unknown */
};

enum host_source {
	HOST_SOURCE_SYSLOG, /* auth.log, secure */
	HOST_SOURCE_JOURNAL,
	HOST_SOURCE_SSM,	   /* amazon-ssm-agent.log */
	HOST_SOURCE_AZURE_AGENT,   /* waagent.log */
	HOST_SOURCE_AZURE_HANDLER, /* handler.log, extension.log of the extensions */
	HOST_SOURCE_KEYS,	   /* authorized_keys: what is in it, not what is said */
	HOST_SOURCE_CLOUD_INIT,	   /* cloud-init.log */
	HOST_SOURCE_COUNT
};

/* EVENT_HOST_COVERAGE. This host's source was read, without a hole, over this time.
 * Whoever follows a source says so again as it goes on, at least every twin_wait. */
struct host_coverage {
	enum host_source source;
	us_time from, until; /* both included */
	struct slice host;   /* journals and syslog files: the host name; may be empty */
};

/* EVENT_PROGRESS. What the control plane logged in this class from `from` to `until` has
 * all been delivered. EVENT_API_HOLE: a part of it could not be read and may hide any
 * call. */
struct progress {
	struct slice account; /* empty = every account */
	struct slice region;  /* empty = every region */
	bool every_class;
	enum log_class log_class;
	us_time from, until; /* both included */
};

/* EVENT_SIGHT. A class cannot be asked any more (lost), or can again. */
struct sight {
	struct slice account; /* empty = every account */
	struct slice region;
	bool every_class;
	enum log_class log_class;
	bool lost;
	enum reason
		reason; /* no-credentials, api-denied, api-unreachable, throttled ... */
};

/* EVENT_IDENTITY. Who this host is; every part may be unknown (empty, 0). */
struct identity {
	struct slice provider; /* "aws", "azure", "gcp"; empty = unknown */
	struct slice
		instance; /* "i-...", an Azure resource id, a Google instance's number */
	struct slice account;
	struct slice region;
	const struct slice *private_ips;
	uint32_t private_ip_count;
	const struct slice
		*endpoint_ips; /* Instance Connect Endpoints known by address */
	uint32_t endpoint_ip_count;
	us_time launched_at;	  /* US_TIME_NONE = unknown */
	us_time watched_since;	  /* associations first seen before are pre-existing;
				   * US_TIME_NONE: nothing is known of what was there before
				   * (replay) */
	const struct slice *tags; /* of the instance, "key=value" */
	uint32_t tag_count;
	bool has_tags; /* they are known, be there any or not */
};

struct event {
	enum event_kind kind;
	us_time happened_at;	/* the writer's own time, UTC */
	us_span uncertainty_us; /* it may be that much later (the hour that happens twice)
				 */
	uint64_t
		evidence; /* where its text is kept, by its reader's count; 0 = nowhere */
	enum trust trust;
	struct slice host;	 /* host name in the line's head; may be empty */
	uint32_t pid;		 /* in the line's head, 0 = not said */
	enum host_source source; /* of host events */
	uint64_t text_hash; /* syslog and journal: of the message, to find its twin */
	bool twin_expected; /* a syslog line whose writer also writes to the journal */
	uint32_t forger; /* of contradicted lines: 1 + the uid that journald saw write it;
			  * 0 = unknown */
	union {
		struct key_offered key_offered;
		struct login_accepted login;
		struct sshd_listening sshd_listening;
		struct console_login console_login;
		struct pam_session pam_session;
		struct logind_session logind_session;
		struct account_created account_created;
		struct sudo_use sudo;
		struct run run;
		struct api_call api_call;
		struct gap gap;
		struct host_coverage host_coverage;
		struct progress progress;
		struct sight sight;
		struct identity identity;
		struct extension extension;
		struct script_run script;
		struct cloud_user cloud_user;
		struct cloud_key cloud_key;
		struct credential_set credential_set;
		struct account_changed account_changed;
		struct boot boot;
	};
};

/* Takes events as they are found. What the event borrows is valid during the call only.
 */
typedef void emit_fn(void *ctx, const struct event *event);

struct emitter {
	emit_fn *emit;
	void *ctx; /* borrowed, passed back */
};

static inline void emitter_emit(const struct emitter *emitter, const struct event *event)
{
	emitter->emit(emitter->ctx, event);
}

/* The kind's name, for tests and explanations: "login-accepted" ... */
const char *event_kind_word(enum event_kind kind);

/* The name of the action's class of calls ("StartSession" ...), "" for API_OTHER. */
const char *api_action_word(enum api_action action);

/* Whose call it is; CLOUD_UNKNOWN for API_OTHER. */
enum cloud api_action_cloud(enum api_action action);

/* Whether the call sets what a host runs when it starts, or makes a host with that. */
bool api_call_sets_script(const struct api_call *api);
