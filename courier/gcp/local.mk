# SPDX-License-Identifier: Apache-2.0
# Included after courier/local.mk, which begins the list.
libcourier_a_SOURCES += \
	courier/gcp/api_error.c courier/gcp/api_error.h \
	courier/gcp/check.c courier/gcp/check.h \
	courier/gcp/client.c courier/gcp/client.h \
	courier/gcp/entries.c courier/gcp/entries.h \
	courier/gcp/here.c courier/gcp/here.h \
	courier/gcp/identity.c courier/gcp/identity.h \
	courier/gcp/identity_texts.c courier/gcp/identity_texts.h \
	courier/gcp/key_texts.c courier/gcp/key_texts.h \
	courier/gcp/metadata_page.c \
	courier/gcp/option_texts.c courier/gcp/option_texts.h \
	courier/gcp/options.c \
	courier/gcp/page.c \
	courier/gcp/provider.c courier/gcp/provider.h \
	courier/gcp/request.h \
	courier/gcp/service_account.c courier/gcp/service_account.h
