/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/source.h"

#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum cloud api_log_cloud(enum api_log log)
{
	static const enum cloud clouds[API_LOG_COUNT] = {
		[API_LOG_CLOUDTRAIL] = CLOUD_AWS,
		[API_LOG_AZURE_ACTIVITY] = CLOUD_AZURE,
		[API_LOG_AZURE_BASTION] = CLOUD_AZURE,
		[API_LOG_AZURE_OTHER] = CLOUD_AZURE,
		[API_LOG_GCP_ACTIVITY] = CLOUD_GCP,
		[API_LOG_GCP_DATA_ACCESS] = CLOUD_GCP,
		[API_LOG_GCP_OTHER] = CLOUD_GCP,
	};

	return clouds[log];
}

/* EC2 is the door of user data, and all that is done to instances and networks. */
static enum log_class class_of_event_source(struct slice source, bool *ret_is_more)
{
	unsigned i = 0;

	while (i < LOG_CLASS_COUNT &&
	       (log_class_cloud((enum log_class)i) != CLOUD_AWS ||
		!slice_equal_ignoring_case(
			source, slice_text(log_class_word((enum log_class)i)))))
		i++;
	*ret_is_more = i == LOG_CLASS_COUNT || i == LOG_CLASS_EC2;
	return (enum log_class)i;
}

/* A log that holds nothing but these may have been filtered for a machine or its doors:
 * by resource provider, by resource, by operation. */
static enum log_class class_of_provider(struct slice provider, bool *ret_is_more)
{
	static const struct slice doors[] = {
		TEXT("Microsoft.Compute"),	  TEXT("Microsoft.SerialConsole"),
		TEXT("Microsoft.Resources"),	  TEXT("Microsoft.Authorization"),
		TEXT("Microsoft.PolicyInsights"), TEXT("Microsoft.Maintenance"),
	};

	for (size_t i = 0; i < COUNT_OF(doors); i++) {
		if (slice_equal_ignoring_case(provider, doors[i])) {
			*ret_is_more = false;
			return LOG_CLASS_AZURE_ACTIVITY;
		}
	}
	*ret_is_more = true;
	return LOG_CLASS_COUNT;
}

/* Google Cloud's services, and the log that their calls are in; which one OS Config's are
 * in depends on the call. */
static const struct {
	enum log_class log_class;
	enum api_log log;
	bool in_any_log;
} services[] = {
	{ LOG_CLASS_GCP_SERIAL_PORT, API_LOG_GCP_ACTIVITY, false },
	{ LOG_CLASS_GCP_OS_LOGIN, API_LOG_GCP_DATA_ACCESS, false },
	{ LOG_CLASS_GCP_IAP, API_LOG_GCP_DATA_ACCESS, false },
	{ LOG_CLASS_GCP_COMPUTE, API_LOG_GCP_ACTIVITY, false },
	{ LOG_CLASS_GCP_OS_CONFIG, API_LOG_GCP_ACTIVITY, true },
};

/* "oslogin.googleapis.com", "us-central1-ssh-serialport.googleapis.com" */
static bool is_service(struct slice service, struct slice name)
{
	size_t region_len = service.len - name.len;

	return service.len >= name.len &&
	       slice_equal_ignoring_case(slice_skip(service, region_len), name) &&
	       (region_len == 0 || service.ptr[region_len - 1] == '-');
}

static size_t service_row(struct slice service)
{
	size_t i = 0;

	service = slice_trim(service);
	while (i < COUNT_OF(services) &&
	       !is_service(service, slice_text(log_class_word(services[i].log_class))))
		i++;
	return i;
}

enum log_class source_of_service(struct slice service)
{
	size_t row = service_row(service);

	return row < COUNT_OF(services) ? services[row].log_class : LOG_CLASS_COUNT;
}

static enum log_class class_of_service(enum api_log log, struct slice service,
				       bool *ret_is_more)
{
	size_t row = service_row(service);
	bool is_here = row < COUNT_OF(services) &&
		       (services[row].log == log || services[row].in_any_log);

	*ret_is_more = !is_here;
	return is_here ? services[row].log_class : LOG_CLASS_COUNT;
}

enum log_class source_log_class(enum api_log log, struct slice source, bool *ret_is_more)
{
	switch (log) {
	case API_LOG_CLOUDTRAIL:
		return class_of_event_source(source, ret_is_more);
	case API_LOG_AZURE_ACTIVITY:
		return class_of_provider(source, ret_is_more);
	case API_LOG_AZURE_BASTION:
		*ret_is_more = false;
		return LOG_CLASS_AZURE_BASTION;
	case API_LOG_GCP_ACTIVITY:
	case API_LOG_GCP_DATA_ACCESS:
		return class_of_service(log, source, ret_is_more);
	default:
		*ret_is_more = true;
		return LOG_CLASS_COUNT;
	}
}
