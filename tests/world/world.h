/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A world: one host, what truly happened on it, what its logs said about it and when they
 * were read, what was called in the cloud and when the cloud delivered that. Stories fill
 * it in; the runs feed it to a correlator; the judge says from it what the correlator may
 * answer.
 *
 * Three kinds of time: true time (the cloud's clock; all fields are in it unless they say
 * otherwise), the host's stamps (the host's clock may be off), and `now`, the monotonic
 * count that the correlator is given.
 */
#include "correlator/correlator.h"
#include "tests/world/memory.h"
#include "tests/world/random.h"

/* Of the log classes those that the doors of this world are in: the first ones. */
#define WORLD_CLASS_COUNT (LOG_CLASS_ECS + 1)

#define WORLD_LOGINS_MAX 512
#define WORLD_CALLS_MAX 4096
#define WORLD_LINES_MAX 8192
#define WORLD_TIES_MAX 6
#define WORLD_DOORS_MAX 2

/* Never, or not within this world. */
#define WORLD_NEVER INT64_MAX

enum story {
#define STORY(constant, word, weight, is_theft, tell) constant,
#include "tests/world/stories.def"
#undef STORY
	STORY_COUNT
};

const char *story_word(enum story story);
bool story_is_theft(enum story story);

/* What a call is to a login. */
enum fit {
	FIT_VOUCHES,	    /* it let the login in */
	FIT_RESUMES,	    /* a ResumeSession of its session */
	FIT_WRONG_USER,	    /* the key fits, the OS user does not */
	FIT_WRONG_INSTANCE, /* the key fits, the instance does not */
	FIT_SPENT,	    /* it is of the session that carried the login, and spent */
	FIT_EXPIRED,	    /* the key fits, its minute is over */
	FIT_TAKES_OVER,	    /* it came into the session of the login */
	FIT_DENIED,	    /* it would have let the login in, but was refused */
};

struct tie {
	uint32_t call; /* index into world.calls */
	enum fit fit;
};

/* One door a login came through, and what decides whether it was open. */
struct door {
	enum path path;
	uint32_t class_bits;  /* 1 << enum log_class: where its calls are logged */
	bool is_weak;	      /* tied by time and place: absence is final later */
	bool is_made_by_call; /* no line of the host names this door: a call in sight does
			       */
	bool never_unauthorized; /* its absence proves nothing */
	int32_t carrier; /* login (a port session) that must be known first, -1 = none */
	int32_t group;	 /* its calls vouch for one login each, -1 = no such limit */
	us_time from, until; /* host stamps between which it is measured */
	us_span before;	     /* how far before `from` absence must be covered */
	struct tie ties[WORLD_TIES_MAX];
	uint32_t tie_count;
};

struct world_login {
	enum story story;
	struct door doors[WORLD_DOORS_MAX];
	uint32_t door_count; /* 0: it came through no cloud door */
	enum path bare_path; /* its path as long as no door is known */
	bool is_news;	     /* false: not judged whatever the calls say */
	bool is_elsewhere;  /* its agent answers to somebody else: no log of ours can tell
			     */
	bool is_taken_over; /* the caller of its second tie came into the first one's
			       session */
	bool is_torn;	    /* the host's clock was stepped between its lines, or near */
	bool tells_forgery; /* one of its lines is forged, and that is told */
	bool is_forged;	    /* its line is forged: no login must come of it */
	us_time happened_at; /* the earliest host stamp that makes it a login */
};

struct world_call {
	struct event event;
	enum log_class log_class;
	enum story story;
	us_time made_at;
	us_time available_at; /* when the cloud's log has it; WORLD_NEVER = lost */
	us_time again_at;     /* when it has it a second time */
	bool is_unanswered;   /* it lets somebody in, and nobody came */
};

struct world_line {
	struct event event;
	us_time said_at;
	us_span held;	 /* how much later than its source's others it comes to be read */
	us_time read_at; /* when the correlator gets to see it */
	uint32_t login;	 /* index into world.logins, where it makes one */
	bool makes_login;
};

/* What two stories must not use at one time, lest they explain each other's logins. */
enum resource {
	RESOURCE_OFFERS,   /* open offers of Instance Connect */
	RESOURCE_LOOPBACK, /* port sessions and peers on loopback */
	RESOURCE_TUNNEL,   /* Instance Connect Endpoint to this host */
	RESOURCE_SERIAL_0,
	RESOURCE_SERIAL_1,
	RESOURCE_SERIAL_2,
	RESOURCE_SERIAL_3,
	RESOURCE_COUNT
};

enum host_mode {
	HOST_MODE_TEXT,	   /* auth.log alone */
	HOST_MODE_JOURNAL, /* the journal alone */
	HOST_MODE_BOTH,	   /* the journal, and auth.log as its copy */
	HOST_MODE_COUNT
};

struct world {
	uint64_t seed;
	struct random random;
	struct world_memory arena;
	struct correlator_options options;
	bool is_verbose;
	bool has_failed;

	us_time started_at, ends_at;
	us_time covered_from; /* where reading the control plane's log began */
	enum host_mode host_mode;
	us_span host_offset, host_offset_later;
	us_time host_stepped_at;
	struct slice instance, account, region, private_ip, endpoint_ip, host;
	bool knows_endpoint, knows_launch;
	bool is_long; /* days, in which the correlator has to forget */
	struct event identity;
	us_time busy_until[RESOURCE_COUNT];

	enum story story; /* being told */
	uint32_t names;	  /* counted, so that all differ */
	uint32_t groups;
	uint32_t pids;
	uint32_t login_count, call_count, line_count;
	struct world_login logins[WORLD_LOGINS_MAX];
	struct world_call calls[WORLD_CALLS_MAX];
	struct world_line lines[WORLD_LINES_MAX];
};

/* Fills a world with about `login_count` logins, all of it decided by the seed. The lines
 * come out in the order in which they are read. */
void world_build(struct world *world, uint64_t seed, uint32_t login_count);

/* Says what is wrong, and how to see it again. Only the first failure of a world is told.
 */
void world_fail(struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- for stories ---- */

struct slice world_text(struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct slice world_uuid(struct world *world);
struct slice world_fingerprint(struct world *world);
struct slice world_other_instance(struct world *world);
struct slice world_public_ip(struct world *world);

/* A caller nobody else in this world is: "user-17". */
struct slice world_caller(struct world *world);
struct slice world_caller_arn(struct world *world, struct slice caller);

/* The host's stamp for a true time. */
us_time world_stamp(const struct world *world, us_time at);

/* Waits for the resource and takes it for `length`; the time from which it is had. */
us_time world_claim(struct world *world, enum resource resource, us_time at,
		    us_span length);

/* A new login without doors and lines; its index. */
uint32_t world_add_login(struct world *world, enum path bare_path);

/* A door for a login that is measured at the stamps of `from` and `until`. */
struct door *world_add_door(struct world *world, uint32_t login, enum path path,
			    us_time from, us_time until);
void world_tie(struct world *world, struct door *door, uint32_t call, enum fit fit);

/* A line about a login; the caller fills in what the event says. Source, trust, host and
 * pid follow from the kind. */
struct event *world_add_line(struct world *world, uint32_t login, enum event_kind kind,
			     us_time said_at);

/* All lines about the login so far come to be read that much later: another file, another
 * disk. */
void world_hold_lines(struct world *world, uint32_t login, us_span held);

/* A call by `caller` on this instance, admitted; its index. The caller fills in the rest.
 * Its lateness is as the cloud pleases: mostly minutes, now and then hours, or never. */
uint32_t world_add_call(struct world *world, enum api_action action, us_time made_at,
			struct slice caller);
struct api_call *world_api_call(struct world *world, uint32_t call);

/* Makes it a call on another instance, or a refused one that names this or no instance.
 */
void world_point_elsewhere(struct world *world, uint32_t call);
void world_refuse(struct world *world, uint32_t call, bool names_instance);

/* Makes it arrive within the time that the cloud promises. */
void world_hurry(struct world *world, uint32_t call);
