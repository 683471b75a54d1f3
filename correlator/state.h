/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the correlator remembers, for its own files only.
 *
 *   correlator.c  takes events and time, hands them on
 *   twin.c        holds text lines back until the journal has spoken of them
 *   session*.c    joins host lines into logins: sshd, consoles, runs of the SSM agent,
 *                 Azure's extensions, scripts at boot, what is said of a cloud's users,
 *                 who became root by sudo
 *   calls*.c      keeps API calls, hands them to the logins they may concern
 *   concern.c     has them judged again: a few at once, many a moment later
 *   index.c       finds both by key
 *   ssh_groups.c  which of them could meet at sshd
 *   claims*.c     hands out calls that vouch only once
 *   classify.c    through which doors a login came
 *   match*.c      which call fits a login at one of its doors
 *   judge*.c      from that to a verdict, what the policy says to it, and who is told
 *   watermark.c   how far the control plane's log is proven
 *   waiting.c     who is judged again, and when; when sight is lost
 *   host_span.c   where the host's own logs were read
 *   observe*.c    what is told beside verdicts
 *   door_crowd.c  calls that open doors: the first one by one, the rest as one
 *   forged.c      lines in another's name: likewise
 *   forget.c      lets go of what is settled
 *   id.c, queue.c, words.c, event.c, event_copy.c   what these are made of
 */
#include "base/map.h"
#include "correlator/correlator.h"
#include "correlator/index.h"
#include "correlator/queue.h"
#include "correlator/watermark.h"

/* sshd's default LoginGraceTime, sshd_config(5): from an offered key to Accepted. */
#define LOGIN_GRACE_US (120 * US_PER_SECOND)

/* A pushed key lives 60 seconds (EC2 user guide, "Connect using EC2 Instance Connect").
 */
#define PUSHED_KEY_LIFE_US (60 * US_PER_SECOND)

/* CloudTrail's eventTime has whole seconds, cut: a call may be that much later than it
 * says. */
#define CALL_TIME_CUT_US (1 * US_PER_SECOND)

/* Clocks of one host's writers differ by no more: whole seconds, and a line's way. */
#define HOST_CUT_US (2 * US_PER_SECOND)

/* Lines about one console login are joined by user within this time. */
#define CONSOLE_JOIN_US (5 * US_PER_SECOND)

/* Text kept with a login or a call, freed with it. */
struct text_block {
	struct text_block *next;
	uint32_t used;
	uint32_t size_bytes;
	char bytes[];
};

/* A copy of `text` in the blocks; "" stays "". */
struct slice text_keep(struct text_block **blocks, struct slice text);
void text_free(struct text_block *blocks);

/* A copy of the event whose texts live in the blocks; its lists are on the heap, the
 * caller's. */
void event_take(struct event *ret_event, struct text_block **blocks,
		const struct event *event);

/* An API call that was kept. */
struct call {
	struct event event; /* its slices point into `texts` */
	struct text_block *texts;
	us_time arrived_at;
	struct tracked_login
		*claimed_by; /* the one login it vouches for, where it is limited */
	bool is_spent;	     /* by a login that is forgotten */
	bool dropped;	     /* about to be forgotten */

	/* Azure: one of the records of a call stands for all */
	bool is_head;
	int16_t handler_family;		/* it names, -1 = none that is listed */
	bool names_handler;		/* it says of which type the extension is */
	struct tracked_login *bound_to; /* by its correlation id; NULL = none */
	struct key_node *bound, *group; /* it is listed under; NULL = none */

	us_time closed_at; /* of a console's connection or tunnel; NONE = not said */

	bool has_told_door; /* it opened one here, and that was told or counted */
};

/* A key that Instance Connect gave to sshd. */
struct offer {
	us_time offered_at; /* of its latest line */
	us_time arrived_at; /* on `now` */
	struct key_node *node;
	struct offer *older, *newer; /* of the same key; NULL = none */
	struct offer_said *said;     /* owned; NULL: a login took it */
};

struct offer_said {
	struct text_block *texts;
	enum trust trust; /* of the line that named the request id */
	struct slice request_id;
	struct slice principal;
	uint64_t evidence[4]; /* its lines; the first four */
	uint32_t evidence_count;
};

/* What the agent says of a run besides that it runs. */
struct described {
	struct text_block *texts;
	struct slice instance, document, owner, run_as_user;
	uint64_t content_hash;
	uint16_t port;
	bool port_is_remote;
	us_time said_at;
};

/* What is known of one login's door. */
struct match {
	struct call *call;	   /* the call that vouches, NULL = none */
	uint32_t matched;	   /* 1 << enum matched */
	const struct call *near;   /* the call that the reason rests on, NULL = none */
	bool is_weak;		   /* tied by time and place only */
	bool not_judged;	   /* with `reason` */
	bool needs_no_coverage;	   /* the reason holds whatever else is delivered */
	bool may_be_older;	   /* a call before the window could still explain it */
	bool at_most_unverifiable; /* absence proves nothing here, with `reason` */
	bool is_no_news; /* absence proves that nothing changed: not judged, likewise */
	bool is_never_logged;  /* unverifiable, with `reason`, whatever is delivered */
	bool is_rarely_logged; /* not-covered until its log proves the window */
	const struct judgement
		*fixed;	       /* another login's judgement decides; NULL = none */
	enum reason reason;    /* why no call vouches */
	enum reason also;      /* a further reason to list; REASON_COUNT = none */
	struct call *stand_in; /* vouches where the window is not covered */
	enum reason stand_in_reason;
	us_time measured_at; /* what the window is measured from */
	us_time from, until; /* where a vouching call would have to be */
	uint32_t class_bits; /* 1 << enum log_class: where it would be logged */
};

/* A verdict as it is kept and compared. Enumerations are kept as bytes: there is one of
 * these for each login. */
struct judgement {
	struct call *call, *through_call;
	const struct call *reason_call;
	const char *policy_rule; /* that refused it or could not be decided; the policy's;
				    NULL = none */
	/* what each door waits for: judged again when its classes are proven so far */
	us_time wait_until[2];
	uint32_t wait_class_bits[2];
	uint32_t matched, through_matched;
	uint32_t class_bits;   /* 1 << enum log_class, of all its doors */
	uint32_t pending_bits; /* the classes that it waits for and are not blind */
	uint8_t verdict;       /* enum verdict_kind */
	uint8_t stage;	       /* enum stage */
	uint8_t reasons[VERDICT_REASONS_MAX]; /* enum reason */
	uint8_t reason_count;
	uint8_t wait_count;
	bool repeats : 1;
	bool is_blind : 1;     /* unverifiable for lost sight */
	bool is_uncovered : 1; /* unverifiable because the window's start is not covered
				*/
};

/* What only a run of the SSM agent has. */
struct run_facts {
	struct slice owner_part; /* of the session id */
	struct slice instance;
	struct slice owner;
	struct slice run_as_user;
	struct slice document;
	us_time confirmed_at;  /* associations: its content was last seen to be this */
	uint64_t content_hash; /* associations, 0 = unknown */
	us_time connected_at;  /* Plugin started, first and last; US_TIME_NONE */
	us_time connected_again_at;
	struct login_list carried; /* ssh logins that came through it */
	struct tracked_login
		*port_used_by; /* AWS-StartSSHSession: the one login it carries */
	uint16_t port;
	bool port_is_remote;
	bool port_was_used; /* by a login that is forgotten */
};

/* A login with all that is known of it. */
struct tracked_login {
	struct login view; /* its slices point into `texts` */
	struct text_block *texts;
	uint64_t *evidence;
	uint32_t evidence_size;
	us_time arrived_at;	/* on `now` */
	us_span uncertainty_us; /* its stamp may be that much too early */

	/* ssh */
	struct slice request_id;
	us_time offered_at;	/* US_TIME_NONE: no offer is joined */
	enum trust offer_trust; /* of the line that offered it */
	bool was_offered; /* its key was offered within LoginGraceTime, joined or not */
	bool has_certificate;
	bool offer_is_weak;		    /* joined though sshd named no key: */
	struct slice offered_principal;	    /* who the offer's line names, */
	struct slice offered_key;	    /* then the fingerprint that was offered */
	struct tracked_login *port_session; /* it came through, NULL = none */

	/* a call that vouches only once, where this login holds one */
	struct call *claim;
	const struct call *contested; /* one that would fit, and another login holds */
	bool is_contested;

	struct run_facts *run;		   /* owned; NULL: this is no run */
	struct extension_facts *extension; /* owned; NULL: this is no extension's */
	int8_t whose;	   /* enum run_whose once it is known, -1 before */
	int8_t single_use; /* 1 or 0 once the agent has named the document, -1 before */
	bool is_port;	   /* a port session */

	/* console */
	int16_t serial_port; /* -1 = unknown */
	bool is_serial;
	bool has_logind;
	bool has_pam;	     /* PAM's line is joined */
	bool has_login_line; /* one of login(1) is */

	int8_t script_kind;	  /* enum script_kind, -1 = no script's */
	bool has_told_credential; /* that it came with what a cloud had set */

	struct judgement judgement;
	bool is_told;		 /* a verdict was told */
	bool is_root_news;	 /* that it became root by sudo was not told yet */
	bool is_dirty;		 /* in the queue to be judged */
	uint32_t unsighted_bits; /* 1 << enum log_class: in whose lists of the unsighted
				    it is */
	uint32_t pending_listed; /* in whose queues of the pending it is */
	us_time waiting_since;	 /* on `now`, while pending */
	us_time woken_at[LOG_CLASS_COUNT]; /* the heap entries that count; others are
					      stale */
	bool forgotten;
	bool is_frozen; /* an association that would be forgotten if it were not for its
			   next run: its verdict stays */
};

/* An entry of the heap: woken when its classes are proven to `until`. Stale when the
 * login waits for something else by now. */
struct heap_entry {
	us_time until;
	struct tracked_login *login;
};

struct heap {
	struct heap_entry *entries;
	size_t count, size;
};

/* Who is pending since when, in that order; stale ones are dropped when they reach the
 * front. */
struct pending_entry {
	us_time since;
	struct tracked_login *login;
};

struct pending_queue {
	struct pending_entry *entries;
	size_t first, count, size; /* a ring; size is a power of two or 0 */
};

/* What waits for one log class. */
struct class_waiting {
	struct heap heap;
	struct pending_queue pending;
	struct login_list unsighted; /* unverifiable; judged again when sight changes */
	bool is_blind;		     /* as last told */
	bool is_refused;	     /* blind because refused, not for lack of progress */
	enum reason blind_reason;
	us_time blind_since; /* on `now` */
	uint64_t blind_turn; /* who was blind first */
};

/* A text line held until its journal twin is seen or missed. */
struct held_line {
	struct event event;
	struct text_block *texts;
	us_time held_at;
};

/* A journal entry that a text line may be the copy of. */
struct twin_entry {
	uint64_t hash; /* of pid and text */
	us_time happened_at;
	us_time arrived_at;
};

struct twin_state {
	struct map twins;      /* of struct twin_entry */
	struct queue entries;  /* of struct twin_entry, owned */
	struct queue held;     /* of struct held_line, owned */
	us_time dropped_until; /* the latest entry that was dropped before its time */
};

/* Where host sources were read. */
struct host_span {
	enum host_source source;
	struct slice host;
	struct text_block *texts;
	struct intervals covered;
};

/* A call whose login should appear on this host. */
struct watched_call {
	us_time due; /* host's log must be covered to here */
	struct call *call;
};

/* Sorted by due; calls of one kind come nearly in that order. */
struct watched_calls {
	struct watched_call *items;
	size_t count, size;
};

/* When the Azure agent took up a goal state. */
#define CORRELATION_ID_BYTES 36 /* a GUID */
struct goal_state {
	us_time at;
	us_time created_at; /* US_TIME_NONE = not said */
	char correlation_id[CORRELATION_ID_BYTES];
	uint8_t correlation_id_len;
	bool is_good; /* not anybody could have written it */
};

struct goal_states {
	struct goal_state *items; /* sorted by time */
	size_t count, size;
};

/* When the host started and went down. */
struct boots {
	struct boot_mark *items; /* sorted by time */
	size_t count, size;
	size_t waiting; /* how many wait for proof */
};

struct own_identity {
	struct text_block *texts;
	enum cloud cloud;    /* CLOUD_UNKNOWN: not said */
	bool is_in_no_cloud; /* said to be in none */
	struct slice instance, account, region;
	struct slice *private_ips;
	uint32_t private_ip_count;
	struct slice *endpoint_ips;
	uint32_t endpoint_ip_count;
	struct slice *tags; /* "key=value" */
	uint32_t tag_count;
	bool has_tags; /* they are known, be there any or not */
	us_time launched_at, watched_since;
};

/* Of the port sessions up to one: whoever walks back from a time may stop where the end
 * lies before that time. */
struct port_bound {
	us_time end;	   /* the latest */
	size_t forwarding; /* 1 + position of the latest that carries many; 0 = none */
	us_time forwarding_end; /* the latest of those */
};

/* Logins of one kind that are to be judged again, a moment after it was seen. */
struct concerned {
	bool is_waiting;
	us_time since;	     /* on `now` */
	us_time from, until; /* when they happened, both ends included */
};

struct correlator {
	struct correlator_options options;
	struct correlator_sink sink;
	us_time now;
	bool is_settling;   /* finished logs: all is judged when time is advanced, not
			       before */
	us_time started_at; /* the first `now` */
	bool has_started;

	struct own_identity identity;
	uint32_t seen_clouds; /* 1 << enum cloud: whose calls are in sight */
	uint16_t *sshd_ports;
	size_t sshd_port_count;

	struct queue touched_groups; /* of struct key_node whose claims are to be swept */
	struct call_list own_tunnels; /* of `tunnels`, those to this host */
	struct index index;	      /* logins and calls by key */
	struct login_list by_kind[LOGIN_KIND_COUNT]; /* sorted */
	struct login_list
		own_peer; /* ssh logins from this host's own addresses, sorted */
	struct port_bound *port_bounds; /* of the port sessions up to each */
	size_t port_bounds_size, port_bounds_valid;
	size_t port_ends_unbounded; /* ends that the bounds do not know yet */
	us_span port_delay_max_us;  /* from a port session's first line to its plugin's
				       last start, at most */
	struct login_list port_sessions; /* sorted */
	struct call_list tunnels;	 /* admitted OpenTunnel calls, sorted */
	struct call_list calls;		 /* all, in the order they came */
	struct map told_observations;	 /* of struct told_id */
	struct queue told;		 /* of struct told_id, owned, as they were told */

	struct watermark watermark;
	struct class_waiting waiting[LOG_CLASS_COUNT];
	uint64_t blind_turns; /* how often a class went blind */

	struct tracked_login **dirty; /* a queue to be judged */
	size_t dirty_count, dirty_size;
	struct concerned concerned[LOGIN_KIND_COUNT];

	struct queue
		joining; /* consoles whose lines are still being joined, as they came */
	struct queue recent_offers; /* of struct offer, owned, as they came */
	struct map by_id;	    /* logins */
	struct twin_state twin;
	struct forged_lines *forged; /* owned; NULL while nothing was forged */
	struct host_span *host_spans;
	size_t host_span_count;
	struct intervals
		host_lost[HOST_SOURCE_COUNT]; /* what a source may hide, on any host */
	struct watched_calls watched_sessions, watched_commands, watched_consoles;

	us_span uncertainty_max_us; /* of any login so far */
	struct goal_states goal_states;
	us_span extension_lag_us; /* how long after its goal state was made any extension
				     has run so far, at most */
	uint32_t old_series;	  /* seen by the forgetting that is under way */
	bool has_bastion_calls;
	struct login_list iap_ended; /* from the proxy's addresses, sorted by their end */
	struct call_list iap_ends;   /* the proxy's connections known by their end */
	struct call_list iap_strays; /* those of them that no session ended with */
	struct boots boots;
	struct credentials *credentials; /* owned; NULL while none was set */
	struct open_doors *doors;	 /* owned; NULL while none was opened */
	struct sudo_uses *sudo_uses;	 /* owned; NULL while nobody became root */

	uint64_t by_verdict[VERDICT_COUNT];
	uint64_t login_count;
	us_time next_forget_at;
};

struct told_id {
	struct id id;
	us_time told_at; /* on `now` */
};

/* Puts a login into the queue to be judged (again). */
void judge_later(struct correlator *correlator, struct tracked_login *login);
