/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/gcp_method.h"

#include "evidence/cloud/source.h"

#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* google.rpc.Code */
#define CODE_PERMISSION_DENIED 7
#define CODE_UNAUTHENTICATED 16

/* To follow another method: a row here, and what it was for in gcp_audit.c. The name is
 * the method's last parts. */
static const struct {
	enum log_class service;
	struct slice name;
	enum api_action action;
} methods[] = {
	{ LOG_CLASS_GCP_SERIAL_PORT, TEXT("connect"), API_GCP_SERIAL_CONNECT },
	{ LOG_CLASS_GCP_SERIAL_PORT, TEXT("disconnect"), API_GCP_SERIAL_DISCONNECT },

	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("CheckPolicy"), API_GCP_CHECK_POLICY },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("StartSession"), API_GCP_CONTINUE_SESSION },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("ContinueSession"), API_GCP_CONTINUE_SESSION },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("ImportSshPublicKey"), API_GCP_IMPORT_KEY },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("CreateSshPublicKey"), API_GCP_IMPORT_KEY },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("UpdateSshPublicKey"), API_GCP_IMPORT_KEY },
	{ LOG_CLASS_GCP_OS_LOGIN, TEXT("SignSshPublicKey"), API_GCP_IMPORT_KEY },

	{ LOG_CLASS_GCP_IAP, TEXT("AuthorizeUser"), API_GCP_AUTHORIZE_TUNNEL },

	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.setMetadata"), API_GCP_SET_METADATA },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.update"), API_GCP_SET_METADATA },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("projects.setCommonInstanceMetadata"),
	  API_GCP_SET_PROJECT_METADATA },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.insert"), API_GCP_START_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.bulkInsert"), API_GCP_START_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.start"), API_GCP_START_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.startWithEncryptionKey"),
	  API_GCP_START_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.resume"), API_GCP_START_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.reset"), API_GCP_RESET_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.stop"), API_GCP_RESET_INSTANCE },
	{ LOG_CLASS_GCP_COMPUTE, TEXT("instances.suspend"), API_GCP_RESET_INSTANCE },

	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("ExecutePatchJob"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("CreatePatchDeployment"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("UpdatePatchDeployment"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("ResumePatchDeployment"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("CreateOSPolicyAssignment"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("UpdateOSPolicyAssignment"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("CreateGuestPolicy"), API_GCP_OS_CONFIG },
	{ LOG_CLASS_GCP_OS_CONFIG, TEXT("UpdateGuestPolicy"), API_GCP_OS_CONFIG },
};

/* The same of what is no door: it darkens the log that would show one. */
static const struct {
	struct slice service, name;
} log_methods[] = {
	{ TEXT("logging.googleapis.com"), TEXT("ConfigServiceV2.DeleteSink") },
	{ TEXT("logging.googleapis.com"), TEXT("ConfigServiceV2.UpdateSink") },
	{ TEXT("logging.googleapis.com"), TEXT("ConfigServiceV2.CreateExclusion") },
	{ TEXT("logging.googleapis.com"), TEXT("ConfigServiceV2.UpdateExclusion") },
	{ TEXT("logging.googleapis.com"), TEXT("ConfigServiceV2.DeleteBucket") },
	{ TEXT("logging.googleapis.com"), TEXT("LoggingServiceV2.DeleteLog") },
	{ TEXT("cloudresourcemanager.googleapis.com"), TEXT("SetIamPolicy") },
};

/* "v1.compute.instances.setMetadata", "google.ssh-serialport.v1.connect": whether it ends
 * in whole parts as the name does. */
static bool ends_in(struct slice method, struct slice name)
{
	size_t front = method.len - name.len;

	return method.len >= name.len &&
	       slice_equal_ignoring_case(slice_skip(method, front), name) &&
	       (front == 0 || method.ptr[front - 1] == '.');
}

static bool is_of_log(struct slice service, struct slice method)
{
	for (size_t i = 0; i < COUNT_OF(log_methods); i++) {
		if (slice_equal_ignoring_case(service, log_methods[i].service) &&
		    ends_in(method, log_methods[i].name))
			return true;
	}
	return false;
}

enum api_action gcp_method_find(struct slice service, struct slice method)
{
	enum log_class log_class = source_of_service(service);

	method = slice_trim(method);
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		if (methods[i].service == log_class && ends_in(method, methods[i].name))
			return methods[i].action;
	}
	return is_of_log(slice_trim(service), method) ? API_GCP_STOP_LOG : API_OTHER;
}

enum api_outcome gcp_outcome(int64_t code)
{
	if (code == 0)
		return API_ADMITTED;
	return code == CODE_PERMISSION_DENIED || code == CODE_UNAUTHENTICATED
		       ? API_DENIED
		       : API_FAILED;
}

const char *gcp_code_word(int64_t code)
{
	static const char *const words[] = {
		"",
		"CANCELLED",
		"UNKNOWN",
		"INVALID_ARGUMENT",
		"DEADLINE_EXCEEDED",
		"NOT_FOUND",
		"ALREADY_EXISTS",
		"PERMISSION_DENIED",
		"RESOURCE_EXHAUSTED",
		"FAILED_PRECONDITION",
		"ABORTED",
		"OUT_OF_RANGE",
		"UNIMPLEMENTED",
		"INTERNAL",
		"UNAVAILABLE",
		"DATA_LOSS",
		"UNAUTHENTICATED",
	};

	return code >= 0 && code < (int64_t)COUNT_OF(words) ? words[code] : "";
}

uint32_t gcp_metadata_key(struct slice name)
{
	static const struct {
		struct slice name;
		enum metadata_key key;
	} keys[] = {
		{ TEXT("ssh-keys"), METADATA_SSH_KEYS },
		{ TEXT("sshKeys"), METADATA_SSH_KEYS },
		{ TEXT("startup-script"), METADATA_STARTUP_SCRIPT },
		{ TEXT("startup-script-url"), METADATA_STARTUP_SCRIPT },
		{ TEXT("shutdown-script"), METADATA_STARTUP_SCRIPT },
		{ TEXT("shutdown-script-url"), METADATA_STARTUP_SCRIPT },
		{ TEXT("serial-port-enable"), METADATA_SERIAL_PORT_ENABLE },
		{ TEXT("enable-oslogin"), METADATA_ENABLE_OS_LOGIN },
		{ TEXT("block-project-ssh-keys"), METADATA_BLOCK_PROJECT_KEYS },
	};
	struct slice first;

	/* Some shortened samples say more behind the key. */
	if (slice_take_until(&name, ' ', &first))
		name = first;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (slice_equal_ignoring_case(name, keys[i].name))
			return keys[i].key;
	}
	return 0;
}
