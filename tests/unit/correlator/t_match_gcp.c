/* SPDX-License-Identifier: Apache-2.0 */
/* Logins through Google's doors to sshd, and the calls that vouch for them. All logs are
 * complete, unless said otherwise. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define WE "identity provider=gcp instance=42 account=p ip=10.0.0.5;"
#define COVERED "proven@900000 account=p from=-900000 class="
#define CHECKED COVERED "oslogin"
#define KEYED COVERED "compute"
#define TUNNELLED COVERED "iap"
#define ON " account=p on=42;"

#define AMY "amy_example_com"
#define BY_AMY " by=amy@example.com" ON
#define IN "accept@100 user=" AMY " key=k;"
#define OS "100 " AMY " gcp-os-login "
#define WEAK "authorized/final weak-match "
#define NONE "unauthorized/final no-api-call\n"

/* The live windows are over. */
#define LATER "; now@90000"

static void test_os_login(void)
{
	static const struct scene_row rows[] = {
		{ "checked", IN "Check@99 id=a" BY_AMY, OS WEAK "call=a\n", NULL },
		{ "checked as administrator", IN "Check@99 id=a admin=yes" BY_AMY,
		  OS WEAK "call=a\n", NULL },
		{ "an address in capitals", IN "Check@99 id=a by=Amy@Example.COM" ON,
		  OS WEAK "call=a\n", NULL },
		{ "the first of several",
		  IN "Check@101 id=c" BY_AMY "Check@98 id=a" BY_AMY
		     "Check@99 id=b" BY_AMY,
		  OS WEAK "call=a\n", NULL },
		{ "a minute and a half before", IN "Check@9 id=a" BY_AMY,
		  OS WEAK "call=a\n", NULL },
		{ "longer before", IN "Check@8 id=a" BY_AMY, OS NONE, NULL },
		{ "a minute after", IN "Check@160 id=a" BY_AMY, OS WEAK "call=a\n",
		  NULL },
		{ "longer after", IN "Check@161 id=a" BY_AMY, OS NONE, NULL },
		{ "days before", IN "Check@-90000 id=a" BY_AMY, OS NONE, NULL },
		{ "an hour that happens twice",
		  "accept@100 late=3600 user=" AMY " key=k; Check@3700 id=a" BY_AMY,
		  OS WEAK "call=a\n", NULL },
		{ "on another host",
		  IN "Check@99 id=a by=amy@example.com account=p on=43",
		  "100 " AMY " direct-ssh not-judged\n", NULL },
		{ "of another user", IN "Check@99 id=a by=bob@example.com" ON,
		  "100 " AMY " direct-ssh not-judged\n", NULL },
		{ "of another user, where it is said to be OS Login's",
		  IN "oslogin@99 user=" AMY "; Check@99 id=a by=bob@example.com" ON,
		  OS NONE, NULL },
		{ "refused", IN "Check!@99 id=a" BY_AMY,
		  OS "unauthorized/final api-call-denied\n", NULL },
		{ "refused long before", IN "Check!@-300 id=a" BY_AMY, OS NONE, NULL },
		{ "refused as administrator only",
		  IN "Check!@99 id=a admin=yes" BY_AMY "Check@99 id=b" BY_AMY,
		  OS WEAK "call=b\n", NULL },
		{ "a second factor is no check",
		  IN "oslogin@99 user=" AMY "; Continue@99 id=a" BY_AMY, OS NONE, NULL },
		{ "nor is a key in the profile",
		  IN "oslogin@99 user=" AMY "; Import@50 id=a by=amy@example.com",
		  OS NONE, NULL },
		{ "a long address",
		  "accept@100 user=somebody_with_a_long_name_exampl key=k;"
		  "Check@99 id=a by=somebody.with.a.long.name@example.com" ON,
		  "100 somebody_with_a_long_name_exampl gcp-os-login " WEAK "call=a\n",
		  NULL },
		{ "another organisation's",
		  "accept@100 user=ext_amy_example_com key=k; Check@99 id=a" BY_AMY,
		  "100 ext_amy_example_com gcp-os-login " WEAK "call=a\n", NULL },
		{ "without its domain",
		  "accept@100 user=amy key=k; oslogin@99 user=amy; Check@99 id=a" BY_AMY,
		  "100 amy gcp-os-login " WEAK "call=a\n", NULL },
		{ "a local user of that name",
		  "accept@100 user=amy key=k; Check@99 id=a" BY_AMY,
		  "100 amy direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, CHECKED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, CHECKED LATER);
}

/* Who is a user of OS Login. */
static void test_users(void)
{
#define OF(user) "accept@100 user=" user " key=k;"
	static const struct scene_row rows[] = {
		{ "a helper spoke of it", OF("x") "oslogin@160 user=x",
		  "100 x gcp-os-login " NONE, NULL },
		{ "before", "oslogin@40 user=x;" OF("x"), "100 x gcp-os-login " NONE,
		  NULL },
		{ "and refused it", OF("x") "oslogin@99 user=x state=refused",
		  "100 x gcp-os-login " NONE, NULL },
		{ "too long after", OF("x") "oslogin@161 user=x",
		  "100 x direct-ssh not-judged\n", NULL },
		{ "of another", OF("x") "oslogin@99 user=y",
		  "100 x direct-ssh not-judged\n", NULL },
		{ "the metadata server knows it",
		  OF("x") "oslogin@90000 user=x principal=amy@example.com",
		  "100 x gcp-os-login " NONE, NULL },
		{ "and its address",
		  OF("x") "oslogin@101 user=x principal=Amy@example.com;"
			  "Check@99 id=a" BY_AMY,
		  "100 x gcp-os-login " WEAK "call=a\n", NULL },
		{ "its address, told first",
		  "oslogin@101 user=x principal=amy@example.com;" OF(
			  "x") "Check@99 id=a by=AMY@example.com" ON,
		  "100 x gcp-os-login " WEAK "call=a\n", NULL },
		{ "its address is another",
		  OF(AMY) "oslogin@101 user=" AMY " principal=bob@example.com;"
			  "Check@99 id=a" BY_AMY,
		  OS NONE, NULL },
		{ "a service account",
		  OF("sa_123456789012345678901") "Check@99 id=a "
						 "by=x@p.iam.gserviceaccount.com" ON,
		  "100 sa_123456789012345678901 gcp-os-login " WEAK "call=a\n", NULL },
		{ "a service account, and a person's check",
		  OF("sa_123456789012345678901") "Check@99 id=a" BY_AMY,
		  "100 sa_123456789012345678901 gcp-os-login " NONE, NULL },
		{ "a service account by its address",
		  OF("sa_1") "oslogin@99 user=sa_1 "
			     "principal=x@p.iam.gserviceaccount.com;"
			     "Check@99 id=a by=y@p.iam.gserviceaccount.com" ON
			     "Check@99 id=b by=x@p.iam.gserviceaccount.com" ON,
		  "100 sa_1 gcp-os-login " WEAK "call=b\n", NULL },
		{ "a name of one's own", OF("sa_backup") OF("ext_jdoe"),
		  "100 ext_jdoe direct-ssh not-judged\n"
		  "100 sa_backup direct-ssh not-judged\n",
		  NULL },
		{ "another organisation's", OF("ext_amy_example_com"),
		  "100 ext_amy_example_com gcp-os-login " NONE, NULL },
	};
	static const struct scene_row elsewhere[] = {
		{ "of a name as OS Login's", OF("ext_amy_example_com"),
		  "100 ext_amy_example_com direct-ssh not-judged\n", NULL },
		{ "a helper spoke of it", OF("x") "oslogin@99 user=x",
		  "100 x direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, CHECKED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, CHECKED LATER);
	scene_check_rows(elsewhere, COUNT_OF(elsewhere), true,
			 "identity provider=aws instance=i-1 account=1;", "");
}

static void test_metadata_key(void)
{
#define MK "100 amy gcp-metadata-key "
#define KEY_IN "accept@100 user=amy key=k;"
#define OLDER "unverifiable call-may-be-older\n"
#define SET(time) "Metadata@" time " id=a metadata=1" ON
	static const struct scene_row rows[] = {
		{ "of the metadata", "cloudkey@50 key=k user=amy;" KEY_IN SET("40"),
		  MK WEAK "call=a\n", NULL },
		{ "of the file",
		  KEY_IN "cloudkey@50 source=keys key=k user=amy;" SET("40"),
		  MK WEAK "call=a\n", NULL },
		{ "known later only", KEY_IN "cloudkey@9000 key=k user=amy;" SET("40"),
		  MK WEAK "call=a\n", NULL },
		{ "of anybody's", KEY_IN "cloudkey@50 key=k;" SET("40"),
		  MK WEAK "call=a\n", NULL },
		{ "of another's", KEY_IN "cloudkey@50 key=k user=bob;" SET("40"),
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "another key", KEY_IN "cloudkey@50 key=j user=amy;" SET("40"),
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "days before", KEY_IN "cloudkey@50 key=k;" SET("-800000"),
		  MK WEAK "call=a\n", NULL },
		{ "the latest",
		  KEY_IN "cloudkey@50 key=k; Metadata@110 id=c metadata=1" ON SET(
			  "60") "Common@-9000 id=b metadata=1 account=p on=projects/p",
		  MK WEAK "call=a\n", NULL },
		{ "of the whole project",
		  KEY_IN "cloudkey@50 key=k;"
			 "Common@-9000 id=b metadata=1 account=p on=projects/P",
		  MK WEAK "call=b\n", NULL },
		{ "of another project",
		  KEY_IN "cloudkey@50 key=k;"
			 "Common@-9000 id=b metadata=1 account=p on=projects/q",
		  MK OLDER, NULL },
		{ "other metadata",
		  KEY_IN "cloudkey@50 key=k; Metadata@40 id=a metadata=2" ON, MK OLDER,
		  NULL },
		{ "refused", KEY_IN "cloudkey@50 key=k; Metadata!@40 id=a metadata=1" ON,
		  MK OLDER, NULL },
		{ "afterwards", KEY_IN "cloudkey@50 key=k;" SET("131"), MK OLDER, NULL },
		{ "no call", KEY_IN "cloudkey@50 key=k;", MK OLDER, NULL },
		{ "OS Login's comes first",
		  IN "cloudkey@50 key=k; Check@99 id=b" BY_AMY SET("40"),
		  OS WEAK "call=b\n", NULL },
	};
	static const struct scene_row made[] = {
		{ "Google's agent made the user", "metadata-user@50 user=amy;" KEY_IN,
		  MK OLDER, NULL },
		{ "and lets him be root",
		  "changed@50 user=amy group=google-sudoers;" KEY_IN, MK OLDER, NULL },
		{ "another group", "changed@50 user=amy group=adm;" KEY_IN,
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "later", KEY_IN "metadata-user@150 user=amy",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "and took him away again",
		  KEY_IN "metadata-user@60 user=amy gone=yes; metadata-user@50 user=amy",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "and gave him back",
		  KEY_IN "metadata-user@60 user=amy gone=yes; metadata-user@50 user=amy;"
			 "metadata-user@70 user=amy",
		  MK OLDER, NULL },
		{ "no key", "metadata-user@50 user=amy; accept@100 user=amy",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "his keys are known, and this is none",
		  KEY_IN "metadata-user@50 user=amy; cloudkey@60 user=amy key=j",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "his keys were not known yet",
		  KEY_IN "metadata-user@50 user=amy; cloudkey@160 user=amy key=j",
		  MK OLDER, NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, KEYED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, KEYED LATER);
	scene_check_rows(made, COUNT_OF(made), true, WE, KEYED);
	scene_check_rows(made, COUNT_OF(made), false, WE, KEYED LATER);
}

/* A key that stands in the file as Google's and that the metadata has no more. */
static void test_left_key(void)
{
#define IN_FILE "cloudkey@-9000 source=keys key=k user=amy;"
#define GONE(time) "cloudkey@" time " key=k user=amy gone=yes;"
	static const struct scene_row rows[] = {
		{ "gone", KEY_IN IN_FILE GONE("-300") SET("-8000"),
		  MK "unauthorized/final api-call-expired\n", NULL },
		{ "gone, and no call is in sight", KEY_IN IN_FILE GONE("-300"),
		  MK "unauthorized/final no-api-call\n", NULL },
		{ "gone a moment ago", KEY_IN IN_FILE GONE("-100") SET("-8000"),
		  MK WEAK "call=a\n", NULL },
		{ "gone later", KEY_IN IN_FILE GONE("101") SET("-8000"),
		  MK WEAK "call=a\n", NULL },
		{ "gone and back",
		  KEY_IN IN_FILE GONE("-300") SET("-8000") "cloudkey@-200 key=k user=amy",
		  MK WEAK "call=a\n", NULL },
		{ "back, then gone",
		  KEY_IN IN_FILE "cloudkey@-400 key=k user=amy;" SET("-8000")
			  GONE("-300"),
		  MK "unauthorized/final api-call-expired\n", NULL },
		{ "out of the file as well",
		  KEY_IN IN_FILE GONE("-300") SET(
			  "-8000") "cloudkey@-290 source=keys key=k user=amy gone=yes",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "in no file", KEY_IN "cloudkey@-9000 key=k user=amy;" GONE("-300"),
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "told once",
		  KEY_IN IN_FILE GONE("-300") SET("-8000") "accept@110 user=amy key=k",
		  MK "unauthorized/final api-call-expired\n"
		     "110 amy gcp-metadata-key unauthorized/final api-call-expired "
		     "repeats\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, KEYED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, KEYED LATER);
}

static void test_tunnel(void)
{
#define FROM " from=35.235.241.17 pid=7;"
#define VIA "accept@100 user=amy" FROM
#define OUT(time) "closed@" time " service=sshd user=amy pid=7;"
#define IAP "100 amy gcp-iap-tunnel "
#define VOUCHED "authorized/final "
	static const struct scene_row rows[] = {
		{ "authorised", VIA "Iap@99 id=a operation=o port=22" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "an hour before", VIA "Iap@-3531 id=a operation=o" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "longer before", VIA OUT("200") "Iap@-3532 id=a operation=o" ON,
		  IAP NONE, NULL },
		{ "by clocks that differ", VIA "Iap@130 id=a operation=o" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "to another port", VIA OUT("200") "Iap@99 id=a operation=o port=80" ON,
		  IAP NONE, NULL },
		{ "to another host",
		  VIA OUT("200") "Iap@99 id=a operation=o account=p on=43", IAP NONE,
		  NULL },
		{ "to a port that sshd listens on",
		  VIA "Iap@99 id=a operation=o port=2222" ON "listen@50 port=2222",
		  IAP VOUCHED "call=a\n", NULL },
		{ "refused", VIA OUT("200") "Iap!@99 id=a operation=o" ON,
		  IAP "unauthorized/final api-call-denied\n", NULL },
		{ "its end is told",
		  VIA OUT("5000") "Iap@5001 id=a operation=o ended=yes" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "its end is told first",
		  "Iap@5001 id=a operation=o ended=yes" ON VIA OUT("5000"),
		  IAP VOUCHED "call=a\n", NULL },
		{ "an end long after the session's",
		  VIA OUT("5000") "Iap@5091 id=a operation=o ended=yes" ON,
		  IAP "unverifiable no-api-call\n", NULL },
		{ "after whatever may be idle for so long",
		  VIA OUT("5000") "Iap@8631 id=a operation=o ended=yes" ON, IAP NONE,
		  NULL },
		{ "an end before the session's",
		  VIA OUT("5000") "Iap@4968 id=a operation=o ended=yes" ON,
		  IAP "unverifiable no-api-call\n", NULL },
		{ "before it has begun",
		  VIA OUT("5000") "Iap@68 id=a operation=o ended=yes" ON, IAP NONE,
		  NULL },
		{ "an end that another session ended with",
		  VIA OUT("5000") "accept@110 pid=11 user=amy from=35.235.241.17 port=2;"
				  "closed@4900 service=sshd user=amy pid=11;"
				  "Iap@4901 id=a operation=o ended=yes" ON,
		  IAP NONE "110 amy gcp-iap-tunnel authorized/final call=a\n", NULL },
		{ "its session's end is told later",
		  VIA OUT("5000") "accept@110 pid=11 user=amy from=35.235.241.17 port=2;"
				  "Iap@4901 id=a operation=o ended=yes" ON
				  "closed@4900 service=sshd user=amy pid=11",
		  IAP NONE "110 amy gcp-iap-tunnel authorized/final call=a\n", NULL },
		{ "none, and it has ended", VIA OUT("5000"), IAP NONE, NULL },
		{ "none, and it goes on", VIA, IAP "unverifiable no-api-call\n", NULL },
		{ "an end, and it goes on", VIA "Iap@5001 id=a operation=o ended=yes" ON,
		  IAP "unverifiable no-api-call\n", NULL },
		{ "both records are one",
		  VIA OUT("5000") "accept@200 user=amy from=35.235.241.17 pid=8;"
				  "closed@5000 service=sshd user=amy pid=8;"
				  "Iap@5001 id=b operation=o ended=yes" ON
				  "Iap@99 id=a operation=o" ON,
		  IAP VOUCHED "call=a\n"
			      "200 amy gcp-iap-tunnel unauthorized/final "
			      "api-call-reused\n",
		  NULL },
		{ "one of two",
		  VIA OUT("300") "accept@120 user=amy from=35.235.241.17 pid=8;"
				 "closed@900 service=sshd user=amy pid=8;"
				 "Iap@99 id=a operation=o" ON,
		  IAP VOUCHED "call=a\n"
			      "120 amy gcp-iap-tunnel unauthorized/final "
			      "api-call-reused\n",
		  NULL },
		{ "one of two ends",
		  VIA OUT("300") "accept@120 user=amy from=35.235.241.17 pid=8;"
				 "closed@310 service=sshd user=amy pid=8;"
				 "Iap@311 id=a operation=o ended=yes" ON,
		  IAP "unverifiable api-call-reused\n"
		      "120 amy gcp-iap-tunnel authorized/final call=a\n",
		  NULL },
		{ "two ends",
		  VIA OUT("300") "accept@120 user=amy from=35.235.241.17 pid=8;"
				 "closed@310 service=sshd user=amy pid=8;"
				 "Iap@311 id=a operation=o ended=yes" ON
				 "Iap@301 id=b operation=p ended=yes" ON,
		  IAP VOUCHED "call=b\n"
			      "120 amy gcp-iap-tunnel authorized/final call=a\n",
		  NULL },
		{ "mapped to IPv6",
		  "accept@100 user=amy from=::ffff:35.235.255.255 pid=7;"
		  "Iap@99 id=a operation=o" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "an address before", "accept@100 user=amy from=35.235.239.255",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "an address after", "accept@100 user=amy from=35.236.0.0",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "none at all", "accept@100 user=amy from=35.235.240.1x",
		  "100 amy direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, TUNNELLED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, TUNNELLED LATER);
}

/* Two doors, each with its own call. */
static void test_both(void)
{
#define BOTH \
	"accept@100 key=k user=" AMY FROM "closed@200 service=sshd pid=7 user=" AMY ";"
#define OS_IAP "100 " AMY " gcp-os-login+gcp-iap-tunnel "
	static const struct scene_row rows[] = {
		{ "both", BOTH "Check@99 id=a" BY_AMY "Iap@98 id=b operation=o" ON,
		  OS_IAP WEAK "call=a through=b\n", NULL },
		{ "no tunnel", BOTH "Check@99 id=a" BY_AMY,
		  OS_IAP "unauthorized/final no-api-call weak-match call=a\n", NULL },
		{ "no check", BOTH "oslogin@99 user=" AMY "; Iap@98 id=b operation=o" ON,
		  OS_IAP "unauthorized/final no-api-call through=b\n", NULL },
		{ "a metadata key",
		  BOTH "cloudkey@50 key=k; Metadata@40 id=a metadata=1" ON
		       "Iap@98 id=b operation=o" ON,
		  "100 " AMY " gcp-metadata-key+gcp-iap-tunnel " WEAK
		  "call=a through=b\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, CHECKED ";" KEYED ";" TUNNELLED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE,
			 CHECKED ";" KEYED ";" TUNNELLED LATER);
}

/* Which logs were read. */
static void test_coverage(void)
{
	static const struct scene_row complete[] = {
		{ "OS Login's is missing", "oslogin@99 user=" AMY ";" IN KEYED,
		  OS "unverifiable log-class-disabled\n", NULL },
		{ "all are missing", "oslogin@99 user=" AMY ";" IN,
		  OS "unverifiable no-api-log\n", NULL },
		{ "OS Login's begins later",
		  "oslogin@99 user=" AMY ";" IN "proven@9000 from=50 account=p "
		  "class=oslogin",
		  OS "unverifiable no-api-log\n", NULL },
		{ "the proxy's is missing", VIA OUT("200") CHECKED,
		  IAP "unverifiable log-class-disabled\n", NULL },
		{ "the metadata's is missing", KEY_IN "cloudkey@50 key=k;" CHECKED,
		  MK "unverifiable no-api-log\n", NULL },
	};
	static const struct scene_row live[] = {
		{ "not yet", "oslogin@99 user=" AMY ";" IN CHECKED " until=250",
		  OS "pending\n", NULL },
		{ "provisionally", "oslogin@99 user=" AMY ";" IN CHECKED " until=400",
		  OS "unauthorized/provisional no-api-call\n", NULL },
		{ "a late check",
		  "oslogin@99 user=" AMY ";" IN CHECKED
		  " until=400; Check@99 id=a" BY_AMY,
		  OS WEAK "call=a\n", NULL },
		{ "a late user", IN CHECKED "; oslogin@99 user=" AMY, OS NONE, NULL },
		{ "a late key", KEY_IN KEYED "; cloudkey@50 key=k; " SET("40"),
		  MK WEAK "call=a\n", NULL },
		{ "the session goes on", VIA TUNNELLED, IAP "unverifiable no-api-call\n",
		  NULL },
		{ "and ends", VIA TUNNELLED " until=9000;" OUT("8950"), IAP "pending\n",
		  NULL },
		{ "and has ended", VIA TUNNELLED " until=9000;" OUT("8600"),
		  IAP "unauthorized/provisional no-api-call\n", NULL },
		{ "its record is late",
		  VIA TUNNELLED ";" OUT("8600") "Iap@8601 id=a operation=o ended=yes" ON,
		  IAP VOUCHED "call=a\n", NULL },
		{ "it is said that the proxy's is off",
		  VIA OUT("200") KEYED
		  "; lost account=p class=iap reason=log-class-disabled",
		  IAP "unverifiable log-class-disabled\n", NULL },
		{ "nothing comes of the proxy's", VIA OUT("200") KEYED "; now@2000",
		  IAP "unverifiable log-class-disabled\n", NULL },
		{ "nothing comes of any", VIA OUT("200") "now@2000",
		  IAP "unverifiable no-progress\n", NULL },
		{ "a hole where it ended",
		  VIA OUT("90000") TUNNELLED
		  "; hole@90010 from=90005 until=90006 account=p class=iap",
		  IAP "unverifiable no-api-log\n", NULL },
	};

	scene_check_rows(complete, COUNT_OF(complete), true, WE, "");
	scene_check_rows(live, COUNT_OF(live), false, WE, "");
}

/* Who this is may be learnt late. */
static void test_identity(void)
{
	static const struct scene_row rows[] = {
		{ "a check, then who we are", IN "Check@99 id=a" BY_AMY WE,
		  OS WEAK "call=a\n", NULL },
		{ "a check of another",
		  IN "Check@99 id=a by=amy@example.com account=p on=43;" WE,
		  "100 " AMY " direct-ssh not-judged\n", NULL },
		{ "a tunnel", VIA "Iap@99 id=a operation=o" ON WE, IAP VOUCHED "call=a\n",
		  NULL },
		{ "an end", VIA OUT("200") "Iap@201 id=a operation=o ended=yes" ON WE,
		  IAP VOUCHED "call=a\n", NULL },
		{ "a key", KEY_IN "cloudkey@50 key=k;" SET("40") WE, MK WEAK "call=a\n",
		  NULL },
		{ "we are another's",
		  WE VIA OUT("200") "identity provider=aws instance=i-1 account=1",
		  "100 amy direct-ssh not-judged\n", NULL },
		{ "nobody says who we are", IN "Check@99 id=a" BY_AMY, OS WEAK "call=a\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, "", CHECKED ";" KEYED ";" TUNNELLED);
	scene_check_rows(rows, COUNT_OF(rows), false, "",
			 CHECKED ";" KEYED ";" TUNNELLED LATER);
}

/* Keys and users are known for longer than logins and calls. */
static void test_forgotten(void)
{
	static const struct scene_row rows[] = {
		{ "a key", "cloudkey@50 key=k user=amy; accept@60 user=amy key=k;", NULL,
		  NULL },
		{ "a user that Google's agent made", "metadata-user@50 user=amy;", NULL,
		  NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_live(&scene);
		scene_play(&scene, WE);
		scene_play(&scene, rows[i].script);
		scene_play(&scene, VIA "Iap@99 id=a operation=o" ON OUT("5000"));
		scene_play(&scene, KEYED ";" TUNNELLED);
		for (int day = 1; day <= 40; day++)
			scene_advance(&scene, SCENE_EPOCH + day * US_PER_DAY);
		CHECK_TEXT(scene_logins(&scene), "");
		scene_play(&scene, "accept@3456000 user=amy key=k");
		CHECK_TEXT(scene_logins(&scene),
			   "3456000 amy gcp-metadata-key pending\n");
	}
}

/* Who came in, as the host's own side tells. */
static void test_caller(void)
{
	static const struct {
		const char *name, *script, *caller;
	} rows[] = {
		{ "the metadata server",
		  IN "oslogin@99 user=" AMY " principal=amy@x.example", "amy@x.example" },
		{ "the key's comment", KEY_IN "cloudkey@50 key=k principal=amy@x.example",
		  "amy@x.example" },
		{ "nobody", KEY_IN "cloudkey@50 key=k", "" },
		{ "at another door",
		  KEY_IN "cloudkey@50 key=j user=amy principal=amy@x.example", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		scene_open_complete(&scene);
		scene_play(&scene, WE);
		scene_play(&scene, rows[i].script);
		scene_play(&scene, CHECKED ";" KEYED);
		CHECK_SLICE(scene_verdict(&scene, 0).login->principal_hint,
			    slice_text(rows[i].caller));
	}
}

static void test_matched(void)
{
	static const struct {
		const char *name, *script, *matched;
	} rows[] = {
		{ "a check", IN "Check@99 id=a" BY_AMY, "instance user time" },
		{ "of a service account",
		  "accept@100 user=sa_1 key=k; Check@99 id=a "
		  "by=x@p.iam.gserviceaccount.com" ON,
		  "instance time" },
		{ "metadata", KEY_IN "cloudkey@50 key=k;" SET("40"), "instance time" },
		{ "of the project",
		  KEY_IN "cloudkey@50 key=k;"
			 "Common@40 id=b metadata=1 account=p on=projects/p",
		  "time" },
		{ "a tunnel", VIA "Iap@99 id=a operation=o port=22" ON,
		  "instance port time" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		scene_open_complete(&scene);
		scene_play(&scene, WE);
		scene_play(&scene, rows[i].script);
		scene_play(&scene, CHECKED ";" KEYED ";" TUNNELLED);
		CHECK_TEXT(scene_matched(&scene, scene_verdict(&scene, 0).matched),
			   rows[i].matched);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "OS Login", test_os_login },
		{ "users of OS Login", test_users },
		{ "metadata keys", test_metadata_key },
		{ "keys that were left", test_left_key },
		{ "tunnels", test_tunnel },
		{ "two doors", test_both },
		{ "coverage", test_coverage },
		{ "identity", test_identity },
		{ "forgotten", test_forgotten },
		{ "caller", test_caller },
		{ "matched", test_matched },
		{ NULL, NULL },
	};

	return check_run("correlator/match_gcp", tests);
}
