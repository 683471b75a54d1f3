# SPDX-License-Identifier: Apache-2.0
# libmessage.a is what the daemon links of the courier; countersign-courier is all of it. The
# part of a cloud adds to libcourier_a_SOURCES in its own local.mk.
noinst_LIBRARIES += libmessage.a libcourier.a
libmessage_a_SOURCES = courier/message.c courier/message.h
libcourier_a_SOURCES = \
	courier/address.c courier/address.h \
	courier/answer.c courier/answer.h \
	courier/asked.c courier/asked.h \
	courier/bearer.c courier/bearer.h courier/bearer_call.c courier/bearer_parts.h \
	courier/check_lines.c courier/check_lines.h \
	courier/conversation.c courier/conversation.h \
	courier/courier.c courier/courier.h \
	courier/deliver.h courier/delivery_ops.h \
	courier/deliver_answer.c courier/deliver_answer.h \
	courier/deliver_chat.c courier/deliver_elasticsearch.c courier/deliver_https.c \
	courier/deliver_splunk.c courier/deliver_syslog.c \
	courier/deliveries.c courier/deliveries.h \
	courier/dmi.c courier/dmi.h \
	courier/fates.c courier/fates.h \
	courier/http.c courier/http.h \
	courier/http_call.c courier/http_call.h \
	courier/http_head.c courier/http_head.h \
	courier/http_policy.c courier/http_policy.h \
	courier/metadata.c courier/metadata.h \
	courier/option_list.c courier/option_list.h \
	courier/origin.c courier/origin.h \
	courier/post.c courier/post.h \
	courier/provider.c courier/provider.h \
	courier/secret.c courier/secret.h \
	courier/sink_http.c courier/sink_http.h \
	courier/stream.c courier/stream.h \
	courier/syslog_frame.c courier/syslog_frame.h \
	courier/tag_list.c courier/tag_list.h \
	courier/token.c courier/token.h \
	courier/wipe.c courier/wipe.h \
	courier/aws/credentials.c courier/aws/credentials.h \
	courier/aws/identity_texts.c courier/aws/identity_texts.h \
	courier/aws/imds.c courier/aws/imds.h \
	courier/aws/metadata.c courier/aws/metadata.h courier/aws/metadata_parts.h \
	courier/aws/provider.h \
	courier/aws/role_credentials.c courier/aws/role_credentials.h
COURIER_LIBS = libcourier.a libmessage.a libconfig.a $(BASE_LIBS) $(CURL_LIBS) $(SYSTEMD_LIBS)

libexec_PROGRAMS += countersign-courier
countersign_courier_SOURCES = courier/main.c
countersign_courier_LDADD = $(COURIER_LIBS) $(SECCOMP_LIBS)
include courier/aws/local.mk
include courier/azure/local.mk
include courier/gcp/local.mk
