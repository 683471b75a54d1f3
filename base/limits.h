/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every ceiling in one place. A size that comes from outside is checked against one of
 * these before a byte is allocated for it. Each says what it bounds, its unit, and why
 * that much.
 */

/* A line of a host log. The SSM agent's Payload lines run to tens of KiB; a longer line
 * is kept only as its first bytes and told as a gap. */
#define LIMIT_HOST_LINE_BYTES ((size_t)1024 * 1024)

/* A line of a syslog file that may be evidence: rsyslog cuts at 8 KiB, sshd at 500 bytes.
 */
#define LIMIT_SYSLOG_LINE_BYTES ((size_t)16 * 1024)

/* One API record. CloudTrail's own ceiling is 256 KB; LookupEvents escapes it once more.
 */
#define LIMIT_API_RECORD_BYTES ((size_t)2 * 1024 * 1024)

/* Bytes of a file in which no API record was found before it is given up as no API log.
 */
#define LIMIT_API_PREAMBLE_BYTES ((uint64_t)4 * 1024 * 1024)

/* Pairs of account and region in one API log file. An organisation has thousands. */
#define LIMIT_API_EXTENTS ((size_t)65536)

/* Name of an account or a region: 12 digits, "ap-southeast-2". */
#define LIMIT_API_PLACE_BYTES ((size_t)128)

/* Nesting of JSON that is read or written. Real records reach 10. */
#define LIMIT_JSON_DEPTH 32

/* Instances, associations and the like that one API call may name: SendCommand takes 50.
 */
#define LIMIT_CALL_TARGETS 256

/* Any one field kept from a log line or an API record (an ARN is at most 2048). */
#define LIMIT_FIELD_BYTES ((size_t)4096)

/* The name of an Azure extension's handler, and that of an instance of it: waagent itself
 * makes folders of them, and NAME_MAX is 255. */
#define LIMIT_HANDLER_BYTES 256

/* Handlers and their instances whose numbers are remembered though nothing speaks of them
 * any more. A machine has some ten; who makes run commands by the thousand gives each
 * another name. */
#define LIMIT_EXTENSION_SERIES 4096

/* Lines kept as evidence for one login. */
#define LIMIT_LOGIN_EVIDENCE 64

/* A file of configuration or identity. */
#define LIMIT_CONFIG_BYTES ((size_t)1024 * 1024)

/* Files in one folder walk, and its depth. */
#define LIMIT_WALK_FILES 1000000
#define LIMIT_WALK_DEPTH 32

/* One inflated file: more than this and it is refused as a bomb. */
#define LIMIT_INFLATED_BYTES ((uint64_t)64 * 1024 * 1024 * 1024)

/* A journald field (sd_journal_set_data_threshold); longer ones are cut and told. */
#define LIMIT_JOURNAL_FIELD_BYTES ((size_t)256 * 1024)

/* A message of ours to a person, and one JSON line of output. */
#define LIMIT_OUTPUT_LINE_BYTES ((size_t)8 * 1024 * 1024)

/* Offset changes of a time zone between 1970 and 2100. */
#define LIMIT_ZONE_CHANGES 1024

/* Journal files in one folder; libsystemd itself stops at 7168. */
#define LIMIT_JOURNAL_FILES 4096

/* Fields of one journal entry: twice what journald takes from a client (1024). */
#define LIMIT_JOURNAL_ENTRY_FIELDS 2048

/* The length a field of journal export text may claim: journald's own ceiling (768 MiB).
 * Passed over, never kept: what is kept is bounded above. */
#define LIMIT_JOURNAL_VALUE_BYTES ((uint64_t)768 * 1024 * 1024)

/* Damaged entries of one journal export told one by one; the others are only counted. */
#define LIMIT_JOURNAL_DAMAGE_TOLD 16

/* A token for the next page of an AWS API. Those seen are below 2 KiB. */
#define LIMIT_PAGE_TOKEN_BYTES ((size_t)8192)

/* An answer of an AWS API: with its token and frame it must fit into one message to the
 * daemon (MESSAGE_BYTES_MAX). A page of 50 calls is commonly below 300 KiB. */
#define LIMIT_API_ANSWER_BYTES ((size_t)8 * 1024 * 1024 - (size_t)64 * 1024)

/* An error of an AWS API, of which only the type is read; and an AssumeRole answer, whose
 * session token has no documented ceiling. */
#define LIMIT_API_ERROR_BYTES ((size_t)64 * 1024)

/* One part of credentials (access key id, secret, session token). */
#define LIMIT_CREDENTIAL_BYTES ((size_t)16 * 1024)

/* How long a service may tell us to leave it alone: a daft Retry-After must not take
 * sight away for a day. */
#define LIMIT_RETRY_AFTER_SECONDS 900

/* Lines and bytes of the heads of one HTTP answer, 1xx ones and trailers included. AWS
 * sends a dozen lines; 64 KiB is what HTTP servers commonly take themselves. */
#define LIMIT_HTTP_HEAD_LINES 256
#define LIMIT_HTTP_HEAD_BYTES ((size_t)64 * 1024)

/* One answer of instance metadata: role credentials with their token are the longest,
 * some 2 KiB. */
#define LIMIT_METADATA_BYTES ((size_t)64 * 1024)

/* Network interfaces of an instance whose addresses are asked for: EC2's largest have 15
 * on each of up to 6 cards, but addresses past MESSAGE_LIST_MAX are of no use. */
#define LIMIT_METADATA_INTERFACES 32

/* One request on the control socket: the longest real one is about 300 bytes. */
#define LIMIT_CONTROL_REQUEST_BYTES ((size_t)8 * 1024)

/* Connections to the control socket, and those of one user who may only see health: a
 * user who hoards them must not keep the administrators out. */
#define LIMIT_CONTROL_PEERS 32
#define LIMIT_CONTROL_PEERS_OF_USER 8

/* What one answer may hold that its peer has not yet read: some twenty thousand logins.
 * All answers together may hold twice that. */
#define LIMIT_CONTROL_ANSWER_BYTES ((size_t)32 * 1024 * 1024)

/* What is kept for a peer that follows and does not read. */
#define LIMIT_CONTROL_FOLLOW_BYTES ((size_t)4 * 1024 * 1024)

/* Groups of a peer's process: the kernel's own ceiling (NGROUPS_MAX). */
#define LIMIT_PEER_GROUPS ((size_t)65536)

/* One event as it is stored (correlator/event_code.h), and any one text of it: no more
 * than the API record or host line that said it. */
#define LIMIT_EVENT_BYTES (2 * LIMIT_API_RECORD_BYTES)
#define LIMIT_EVENT_TEXT_BYTES LIMIT_HOST_LINE_BYTES

/* One value, JSON text or record that the store keeps: a line of output with its row. */
#define LIMIT_STORED_BYTES (2 * LIMIT_OUTPUT_LINE_BYTES)

/* Items of one list in the configuration: addresses, log files. */
#define LIMIT_CONFIG_LIST 256

/* Files in conf.d; each may be as long as LIMIT_CONFIG_BYTES. */
#define LIMIT_CONFIG_FILES 256

/* Mistakes in the configuration after which no further ones are looked for. */
#define LIMIT_CONFIG_PROBLEMS 64

/* Where the reading of one followed file stands, as text: five files of some 200 bytes
 * each. */
#define LIMIT_TAIL_CURSOR_BYTES ((size_t)4096)

/* Rotated files of one log that are looked at; logrotate keeps 4, some keep a year. The
 * newest are looked at when there are more. */
#define LIMIT_TAIL_SIBLINGS ((size_t)1024)

/* Names of a folder that are read in search of a rotated file. */
#define LIMIT_TAIL_FOLDER_NAMES ((size_t)65536)

/* A path below which a log or its rotated files lie. */
#define LIMIT_TAIL_PATH_BYTES ((size_t)4096)

/* Symbolic links followed one after the other on the way to a log. */
#define LIMIT_TAIL_LINKS 8

/* Steps without anything new after which a file that was replaced is done with: its last
 * line without a newline is given out, and a deleted one's space is given back. */
#define LIMIT_TAIL_QUIET_STEPS 128

/* Looks at the files beside a log, one after the other, that each found them changed
 * meanwhile, before what was found counts all the same: a rotation is over sooner. */
#define LIMIT_TAIL_RESTLESS_LOOKS 256

/* Chains of journal files whose place a cursor of the journal holds: one of the system,
 * one a user, one more for each time journald found a journal damaged. */
#define LIMIT_JOURNAL_CHAINS ((size_t)256)

/* The text of such a cursor: 156 bytes a chain. */
#define LIMIT_JOURNAL_CURSOR_BYTES ((size_t)40 * 1024)

/* Folders of journals that are followed: one, and one a journal namespace. */
#define LIMIT_JOURNAL_FOLDERS ((size_t)64)

/* Journals whose descriptors are held while they are written to or unread, so that what
 * is deleted unread is counted: one of the system, one a user. The others are opened when
 * they grow. */
#define LIMIT_JOURNAL_HELD ((size_t)256)

/* Gaps of the journal waiting to be told; more are told together as one. */
#define LIMIT_JOURNAL_GAPS ((size_t)32)

/* Damaged places of one journal file that are jumped over before it is given up. */
#define LIMIT_JOURNAL_JUMPS 64

/* Requests of one daemon that the courier has under way: the daemon asks no more at a
 * time either. A batch for each of 16 sinks, a test for each, and the control plane's
 * questions: none waits for another. */
#define LIMIT_COURIER_REQUESTS 48

/* Unsent bytes past which the courier takes up no further request; and connections to it:
 * one daemon, its predecessor that is about to end, and some to spare. */
#define LIMIT_COURIER_UNSENT_BYTES ((size_t)1024 * 1024)
#define LIMIT_COURIER_CONVERSATIONS 4

/* The end of a file of ours in which a start looks for records that a crash left there:
 * many times what is ever written between two commits. */
#define LIMIT_SINK_SCAN_BYTES ((uint64_t)64 * 1024 * 1024)

/* Rotated files beside it that are looked at, too, where it was rotated since. */
#define LIMIT_SINK_SCAN_FILES 64

/* Folders of the SSM agent that are watched: five an instance id, of which a hybrid
 * machine that was registered again has several. */
#define LIMIT_SSM_WATCHES ((size_t)256)

/* Names in the SSM agent's folders that are looked at in one listing: it keeps those of
 * some weeks. */
#define LIMIT_SSM_NAMES ((size_t)262144)

/* Folders of sessions and commands found together that are given out. */
#define LIMIT_SSM_FOUND ((size_t)16384)

/* What the Azure agent prints of a command's output: at most 3200 characters
 * (extensionprocessutil.py, TELEMETRY_MESSAGE_MAX_LEN), and the frame around them. */
#define LIMIT_AZURE_OUTPUT_CHARACTERS ((size_t)3300)

/* Lines in another's name that are told one by one, of each writer and minute; further
 * ones are told as one: a loop of logger(1) must not bury what matters. */
#define LIMIT_FORGED_TOLD 5

/* Whose lines are told apart at a time, by host, log, kind of line and uid: one user has
 * a dozen kinds; one with subordinate uids has 65,536 of those. */
#define LIMIT_FORGED_WRITERS ((size_t)64)

/* Whom the further lines of one writer and minute name: kept as samples, each with the
 * line that did; and the bytes of one of them. */
#define LIMIT_FORGED_CLAIMS 8
#define LIMIT_FORGED_CLAIM_BYTES ((size_t)96)

/* Calls of one principal that open one kind of door in one minute, told one by one;
 * further ones are told as one. */
#define LIMIT_DOORS_TOLD 5

/* Whose calls of which minute are told apart at a time: a stolen role can name its
 * sessions as it likes. */
#define LIMIT_DOOR_CROWDS ((size_t)64)

/* Calls that write an extension of no known type, waiting for a record that names it. */
#define LIMIT_DOORS_WAITING ((size_t)64)

/* How many starts of the host are remembered. Anybody may write such a line where there
 * is no journal, and nine days have few. */
#define LIMIT_BOOTS ((size_t)1024)

/* How many passwords, keys and accounts that a cloud set are remembered; and how many
 * changes of accounts that no extension explains yet. A host has few users. */
#define LIMIT_CREDENTIALS ((size_t)1024)
#define LIMIT_ACCOUNT_CHANGES ((size_t)256)

/* What is remembered of one of Google's users or keys: how often it was said to be there
 * or gone; and of how many of them longer than their logins are. A line may be anybody's,
 * and a host has few of either. */
#define LIMIT_CLOUD_STATEMENTS ((size_t)256)
#define LIMIT_CLOUD_NAMES ((size_t)16384)

/* One value of Google Cloud's metadata: 256 KiB is the documented ceiling of each, 512
 * KiB that of all of an instance's, or of its project's ("About VM metadata"). */
#define LIMIT_METADATA_VALUE_BYTES ((size_t)256 * 1024)

/* Folders of Azure's extension handlers that are watched, one a handler, of which a
 * machine has some twenty at most; their logs that are followed; and names that are
 * looked at in the folder above them. */
#define LIMIT_AZURE_FOLDERS ((size_t)64)
#define LIMIT_AZURE_LOGS 96
#define LIMIT_AZURE_NAMES 1024

/* An authorized_keys file that is read, and files of these that are looked at: one a user
 * with a home on this host; homes of users come by the thousand only on network drives.
 */
#define LIMIT_KEYS_FILE_BYTES ((size_t)1024 * 1024)
#define LIMIT_KEYS_FILES ((size_t)256)
#define LIMIT_KEYS_NAMES 4096

/* Keys of one such file that are remembered, to tell which are gone. */
#define LIMIT_KEYS_OF_FILE ((size_t)1024)

/* Values that outlive the stored events, of each kind: numbers of extensions, users and
 * keys that a cloud set. Associations had as many. */
#define LIMIT_KEPT_EVENTS ((size_t)4096)

/* A file of the system's own settings that `countersign posture` reads; names that it
 * looks at in one folder of units; and what it tells of one door: pieces of evidence,
 * commands that close it, and names of users or extensions, the rest being counted. */
#define LIMIT_POSTURE_FILE_BYTES ((size_t)4 * 1024 * 1024)
#define LIMIT_POSTURE_NAMES ((size_t)4096)
#define LIMIT_POSTURE_EVIDENCE ((size_t)64)
#define LIMIT_POSTURE_COMMANDS ((size_t)64)
#define LIMIT_POSTURE_TOLD ((size_t)24)

/* Files that sshd's configuration includes, each as often as it is included. */
#define LIMIT_POSTURE_INCLUDED ((size_t)256)

/* Logins, and findings, that one HTML page shows: some 40 MB of it. */
#define LIMIT_PAGE_ROWS ((size_t)20000)
#define LIMIT_PAGE_BYTES ((size_t)512 * 1024 * 1024)

/* Lanes of one host's drawing: more than there are doors. */
#define LIMIT_PAGE_LANES 32

/* A sink's secret: a token, a webhook's URL, a key for signing. A client's key (PEM, RSA
 * of 4096 bits) is 3.3 KiB. */
#define LIMIT_SECRET_BYTES ((size_t)16 * 1024)

/* What a sink's receiver answers: Elasticsearch says some hundred bytes of each of 64
 * records, and one that was refused has its reason in it. */
#define LIMIT_SINK_ANSWER_BYTES ((size_t)1024 * 1024)

/* One request to a sink: a batch of records as they came in one message, with what goes
 * around each. */
#define LIMIT_SINK_REQUEST_BYTES ((size_t)16 * 1024 * 1024)

/* Sections of rules in the policy, and items of all their lists together: every login is
 * held against all of them. Time zones that its hours go by: reading one takes a while.
 */
#define LIMIT_POLICY_RULES ((size_t)1024)
#define LIMIT_POLICY_PATTERNS ((size_t)4096)
#define LIMIT_POLICY_ZONES ((size_t)16)

/* One item of a list of the policy, and a value that is held against it: what is kept of
 * a log is no longer. */
#define LIMIT_POLICY_PATTERN_BYTES ((size_t)512)
#define LIMIT_POLICY_VALUE_BYTES LIMIT_FIELD_BYTES

/* Regular expressions in the policy: how many, how deep their parentheses, and what one
 * may take on one value before it is given up: some milliseconds at the worst. */
#define LIMIT_POLICY_REGEXES ((size_t)256)
#define LIMIT_POLICY_REGEX_NESTING 32
#define LIMIT_POLICY_REGEX_STEPS 20000
#define LIMIT_POLICY_REGEX_DEPTH 1000
#define LIMIT_POLICY_REGEX_HEAP_KIB 1024

/* What a baseline remembers: principals, source networks, hours of users (24 each), and
 * whose logins are counted. Session names are their callers' to choose: past this, what
 * was seen least lately goes. A host has some dozen of each. */
#define LIMIT_BASELINE_PRINCIPALS ((size_t)4096)
#define LIMIT_BASELINE_NETWORKS ((size_t)4096)
#define LIMIT_BASELINE_PATHS ((size_t)64)
#define LIMIT_BASELINE_HOURS ((size_t)12288)
#define LIMIT_BASELINE_SUBJECTS ((size_t)4096)

/* The name of one of these; a longer one is cut and gets a digest. ARNs of roles with
 * e-mail addresses as session names are below 200. */
#define LIMIT_BASELINE_KEY_BYTES ((size_t)512)

/* The largest number of logins in a time that a policy may allow; the times of one
 * subject that are remembered to count them, also late ones; and of all. */
#define LIMIT_BASELINE_MOST ((uint64_t)1000)
#define LIMIT_BASELINE_TIMES_OF_SUBJECT ((size_t)4096)
#define LIMIT_BASELINE_TIMES ((size_t)65536)

/* Findings of one kind that are made of what is new in an hour; further ones are counted
 * in the last. */
#define LIMIT_BASELINE_TOLD ((uint64_t)16)

/* Uses of sudo that are remembered for logins that become known after them, and logins
 * that one use is held against, the latest before it. */
#define LIMIT_SUDO_USES ((size_t)64)
#define LIMIT_SUDO_LOGINS ((size_t)64)

/* A tag of an instance, "key=value": the clouds allow 128 + 256 characters (EC2), 512 +
 * 256 (Azure), a Unicode one being 4 bytes at most. */
#define LIMIT_TAG_BYTES ((size_t)4096)

/* The text of all metrics: each source, query and sink is some dozen lines. */
#define LIMIT_METRICS_BYTES ((size_t)1024 * 1024)

/* One record for a sink that is reached over the network, which has to fit into one
 * message to the courier with its frame; and what one batch of several holds together. */
#define LIMIT_DELIVERY_BYTES ((size_t)6 * 1024 * 1024)
#define LIMIT_DELIVERY_BATCH_BYTES ((size_t)1024 * 1024)

/* What metadata says of a machine's doors: a cloud has some twenty options, whose names
 * are paths and whose values are words. */
#define LIMIT_METADATA_OPTIONS ((size_t)64)
#define LIMIT_METADATA_OPTION_BYTES ((size_t)256)
