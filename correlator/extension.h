/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Executions of Azure's extensions and run commands, and the calls that they may come
 * from.
 *
 *   session_extension.c  lines into executions: which number is a new one
 *   extension_series.c   what is known of a series besides; goal states
 *   calls_azure.c        several records of one call are one; where it is listed
 *   bind_azure.c         ties by correlation id, before time ties anything
 *   no_more_azure.c      calls that were refused, or are another execution's by their id
 *   claims.c             hands out the others, each to one execution
 *   match_azure.c        which call vouches
 *
 * A call that vouches once and an execution meet in a lane: one lane for runCommand
 * action, one for each name of managed run commands, one for all extensions. For the
 * correlator's own files only.
 */
#include "correlator/handler_table.h"
#include "correlator/state.h"

/* A call may be that much older than the execution, or than the goal state that brought
 * it, and stamped that much later. */
#define EXTENSION_BEFORE_US (30 * US_PER_MINUTE)
#define EXTENSION_AFTER_US (5 * US_PER_MINUTE)

/* One of the same correlation id may be that much older: machines that are stopped run
 * late. */
#define EXTENSION_BOUND_US (24 * US_PER_HOUR)

/* A goal state's creation is believed where it is no longer before the execution, so that
 * its window begins no earlier than that of a command. */
#define EXTENSION_LAG_MAX_US (23 * US_PER_HOUR)

/* Whether a handler's number is tied by what is known of its execution: not at all, as
 * the platform runs it; not as an execution, as it was there before, or was given to the
 * handler before its upgrade; as an execution. */
enum extension_standing {
	EXTENSION_OF_PLATFORM,
	EXTENSION_PRE_EXISTING,
	EXTENSION_AGAIN, /* a new version runs what one before it was given */
	EXTENSION_EXECUTION,
};

struct state_step {
	us_time at;
	bool was_enabled;
};

/* Versions of a handler that named a number's settings: the two that did so first. Longer
 * ones are told apart by their beginning. */
#define VERSION_BYTES 23

struct naming {
	us_time at; /* US_TIME_NONE = there is none */
	uint8_t len;
	char version[VERSION_BYTES];
};

struct namings {
	struct naming first, second;
};

/* KEY_EXTENSION. Of a handler without a name: what holds for all its names, besides. */
struct key_series {
	us_time *removals; /* sorted */
	size_t removal_count, removal_size;
	struct state_step *steps; /* sorted: when its state was another than before */
	size_t step_count, step_size;
	/* the greatest number whose execution is forgotten, of the latest generation */
	bool has_known;
	uint64_t known;
	us_time known_at, known_generation;
	struct namings known_namings; /* of that number */
	us_time mentioned_at;	      /* on `now` */
	bool is_old; /* too many are known, and this one long not mentioned */
};

/* What only an execution of an extension has. */
struct extension_facts {
	struct slice handler, name;
	struct slice correlation_id; /* of the goal state that brought its number */
	us_time created_at;	     /* of that goal state; US_TIME_NONE = not said */
	us_time executed_at;	     /* its first line that says so; US_TIME_NONE */
	us_time sighted_at;	     /* the first that names its settings; US_TIME_NONE */
	us_time hinted_at;  /* the first that says so and may be a script's output */
	us_time generation; /* when its handler was removed last; US_TIME_NONE */
	uint64_t sequence;
	uint64_t greatest_before; /* number of its series in its generation, */
	bool has_before;	  /* where there was one */
	us_time user_said_at;	  /* as whom it ran; US_TIME_NONE = not said */
	struct namings namings;	  /* which versions named its settings */
	bool was_enabled;	  /* its handler, when its settings were first named */
	bool is_well_sighted;	  /* by a line that not anybody could have written */
	int family;		  /* handler_table.h */
	struct key_node *series;  /* its handler's and name's numbers */
	struct key_node *bound;	  /* the lane and correlation id it is listed under, */
	struct key_node *group;	  /* and the lane; NULL: under none */
	struct call *bound_call;  /* tied by its correlation id; NULL = none */
};

enum extension_standing extension_standing(const struct tracked_login *login);

/* What its window is measured from: the goal state's creation where that is known. Never
 * after its own time. */
us_time extension_measured_at(const struct tracked_login *login);

/* Whether the call could be this execution's, but for time: the same type of extension,
 * or a resource with a name of its own. Both are of one lane. */
bool extension_fits(const struct tracked_login *login, const struct call *call);

/* Whether a call of the execution's own correlation id fits: also one that says nothing
 * of its type, and whose resource only happens to be named after another. */
bool extension_fits_goal(const struct tracked_login *login, const struct call *call);

/* Whether all calls that could be the one's could be the other's. */
bool extensions_are_alike(const struct tracked_login *one,
			  const struct tracked_login *other);
bool extension_calls_are_alike(const struct call *one, const struct call *other);

/* Whether its number was told by a line that not anybody could have written: then those
 * that are no greater are no news. */
bool extension_counts(const struct extension_facts *facts);

/* Before the forgotten are taken out of a series: their numbers stay known. */
void extension_note_forgotten(struct correlator *correlator, struct key_node *series);

/* The series of a handler and a name, which may be empty: KEY_EXTENSION. Each is no
 * longer than LIMIT_HANDLER_BYTES. */
struct key_node *extension_series(struct correlator *correlator, struct slice handler,
				  struct slice name);

/* Goal states, removals and states, as they are said. */
void extension_take_goal_state(struct correlator *correlator, const struct event *event);
void extension_take_removal(struct correlator *correlator, const struct event *event);
void extension_take_state(struct correlator *correlator, const struct event *event);

/* The goal state that what is said at `time` belongs to; NULL = none is in sight. What is
 * well attested (`is_good`) belongs to one that is, too. */
const struct goal_state *goal_state_at(const struct correlator *correlator, us_time time,
				       bool is_good);

/* Whether the handler ran before what is said of it at `time`. */
bool extension_was_enabled(struct correlator *correlator,
			   const struct extension_facts *facts, us_time time);

/* When the handler was last removed before `time`; US_TIME_NONE = never. */
us_time extension_generation(struct correlator *correlator, const struct extension *said,
			     const struct key_node *node, us_time time);

/* The number is no news from now on; whether it is none. */
void extension_know(struct key_series *series, uint64_t number, us_time generation,
		    us_time time, const struct namings *namings);
bool extension_is_known(const struct key_series *series, uint64_t number,
			us_time generation);

/* Nobody has named it; a version did, then; as both say. */
void namings_init(struct namings *namings);
void namings_add(struct namings *namings, struct slice version, us_time time);
void namings_join(struct namings *namings, const struct namings *others);

/* Whether another version than the first had named it by then. */
bool namings_changed_by(const struct namings *namings, us_time time);

/* A series' own part, in its node. */
struct key_series *key_series_new(void);
void key_series_free(struct key_series *series);
/* Whether something is known of the series that outlives its executions. */
bool key_series_is_known(const struct key_series *series);

/* Forgets goal states longer ago than `keep` before the latest. */
void goal_states_forget(struct correlator *correlator, us_span keep);
void goal_states_release(struct correlator *correlator);

/* ---- lanes ---- */

/* The text of a key, with room for a name or a correlation id in any case. */
#define LANE_KEY_BYTES 640

/* The lane of an execution, of a call that vouches once; empty when it has none. */
struct slice extension_lane(const struct tracked_login *login, char text[LANE_KEY_BYTES]);
struct slice call_lane(const struct call *call, char text[LANE_KEY_BYTES]);

/* The same with a correlation id; empty when that is. */
struct slice bound_key(struct slice lane, struct slice correlation_id,
		       char text[LANE_KEY_BYTES]);

/* Lists the execution where it belongs by what is known of it now, or nowhere; a call
 * that vouches once, likewise. */
void bind_extension(struct correlator *correlator, struct tracked_login *login);
void bind_call(struct correlator *correlator, struct call *call);

/* Gives back the call that it holds by time: its window changes. */
void loosen_extension(struct correlator *correlator, struct tracked_login *login);

/* Takes it out of all lists: its time or what is known of it changes, or another record
 * stands for the call. */
void unbind_extension(struct correlator *correlator, struct tracked_login *login);
void unbind_call(struct correlator *correlator, struct call *call);

/* A call that vouches once, of the login's lane and goal state, whoever has it; NULL =
 * none. */
struct call *call_of_goal(const struct correlator *correlator,
			  const struct tracked_login *login);

/* ---- calls that vouch for many ---- */

/* For whom: all executions, those of extensions, those of VM applications. */
enum broad_kind {
	BROAD_ALL,
	BROAD_EXTENSIONS,
	BROAD_APPLICATIONS,
	BROAD_KIND_COUNT
};

/* The calls of the kind with this correlation id; all of them, where that is empty. */
const struct key_node *broad_calls(const struct correlator *correlator,
				   enum broad_kind kind, struct slice correlation_id);

/* The executions between these times are to be judged anew. */
void concern_extensions(struct correlator *correlator, us_time from, us_time until);

/* ---- calls that vouch for no more executions ---- */

/* KEY_LANE_REFUSED: refused; KEY_LANE_TIED: tied to one by its correlation id. The first
 * in the window, of the execution's lane and type; NULL = none. */
const struct call *no_more_call(const struct correlator *correlator, enum key_kind kind,
				const struct tracked_login *login,
				const struct match *match);

/* Lists the call as one of these, or no more; what is done already is not done again. */
void list_no_more(struct correlator *correlator, enum key_kind kind, struct call *call);
void unlist_no_more(struct correlator *correlator, enum key_kind kind, struct call *call);

/* Whether the call was made for this host, as call_is_for_us(); also one for the scale
 * set that the host is of, and for a gallery. */
int azure_call_is_for_us(const struct correlator *correlator, const struct call *call);

/* Lists Azure's calls anew, after this host's identity was learnt. */
void calls_identify_azure(struct correlator *correlator);
