/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/gcp_method.h"

#include "tests/support/check.h"

static void test_methods(void)
{
	static const struct {
		const char *service, *method;
		enum api_action action;
	} rows[] = {
		{ "ssh-serialport.googleapis.com", "google.ssh-serialport.v1.connect",
		  API_GCP_SERIAL_CONNECT },
		{ "us-central1-ssh-serialport.googleapis.com",
		  "google.ssh-serialport.v1.disconnect", API_GCP_SERIAL_DISCONNECT },
		{ "oslogin.googleapis.com",
		  "google.cloud.oslogin.dataplane.OsLoginDataPlaneService.CheckPolicy",
		  API_GCP_CHECK_POLICY },
		{ "oslogin.googleapis.com",
		  "google.cloud.oslogin.v1.OsLoginService.CheckPolicy",
		  API_GCP_CHECK_POLICY },
		{ "oslogin.googleapis.com",
		  "google.cloud.oslogin.v1beta.OsLoginService.ImportSshPublicKey",
		  API_GCP_IMPORT_KEY },
		{ "oslogin.googleapis.com",
		  "google.cloud.oslogin.v1.OsLoginService.DeletePosixAccount",
		  API_OTHER },
		{ "iap.googleapis.com", "AuthorizeUser", API_GCP_AUTHORIZE_TUNNEL },
		{ "compute.googleapis.com", "v1.compute.instances.setMetadata",
		  API_GCP_SET_METADATA },
		{ "compute.googleapis.com", "alpha.compute.instances.setMetadata",
		  API_GCP_SET_METADATA },
		{ "compute.googleapis.com",
		  "v1.compute.projects.setCommonInstanceMetadata",
		  API_GCP_SET_PROJECT_METADATA },
		{ "compute.googleapis.com", "v1.compute.instanceTemplates.insert",
		  API_OTHER },
		{ "compute.googleapis.com", "v1.compute.instances.insert",
		  API_GCP_START_INSTANCE },
		{ "Compute.googleapis.com", "V1.COMPUTE.INSTANCES.RESET",
		  API_GCP_RESET_INSTANCE },
		{ "osconfig.googleapis.com",
		  "google.cloud.osconfig.v1.OsConfigService.ExecutePatchJob",
		  API_GCP_OS_CONFIG },
		{ "logging.googleapis.com",
		  "google.logging.v2.ConfigServiceV2.DeleteSink", API_GCP_STOP_LOG },
		{ "logging.googleapis.com",
		  "google.logging.v2.ConfigServiceV2.CreateSink", API_OTHER },
		{ "cloudresourcemanager.googleapis.com", "SetIamPolicy",
		  API_GCP_STOP_LOG },
		{ "iam.googleapis.com", "google.iam.admin.v1.SetIamPolicy", API_OTHER },
		/* Of another service, or only like it. */
		{ "storage.googleapis.com", "AuthorizeUser", API_OTHER },
		{ "xiap.googleapis.com", "AuthorizeUser", API_OTHER },
		{ "iap.googleapis.com.example.net", "AuthorizeUser", API_OTHER },
		{ "iap.googleapis.com", "NotAuthorizeUser", API_OTHER },
		{ "iap.googleapis.com", "AuthorizeUser.v2", API_OTHER },
		{ "iap.googleapis.com", "", API_OTHER },
		{ "", "AuthorizeUser", API_OTHER },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].method);
		CHECK_INT(gcp_method_find(slice_text(rows[i].service),
					  slice_text(rows[i].method)),
			  rows[i].action);
	}
}

static void test_codes(void)
{
	CHECK_INT(gcp_outcome(0), API_ADMITTED);
	CHECK_INT(gcp_outcome(7), API_DENIED);
	CHECK_INT(gcp_outcome(16), API_DENIED);
	CHECK_INT(gcp_outcome(5), API_FAILED);
	CHECK_INT(gcp_outcome(-1), API_FAILED);
	CHECK_TEXT(gcp_code_word(0), "");
	CHECK_TEXT(gcp_code_word(7), "PERMISSION_DENIED");
	CHECK_TEXT(gcp_code_word(16), "UNAUTHENTICATED");
	CHECK_TEXT(gcp_code_word(17), "");
	CHECK_TEXT(gcp_code_word(-1), "");
}

static void test_metadata_keys(void)
{
	static const struct {
		const char *name;
		uint32_t key;
	} rows[] = {
		{ "ssh-keys", METADATA_SSH_KEYS },
		{ "sshKeys", METADATA_SSH_KEYS },
		{ "ssh-keys and more", METADATA_SSH_KEYS },
		{ "startup-script", METADATA_STARTUP_SCRIPT },
		{ "shutdown-script-url", METADATA_STARTUP_SCRIPT },
		{ "serial-port-enable", METADATA_SERIAL_PORT_ENABLE },
		{ "enable-oslogin", METADATA_ENABLE_OS_LOGIN },
		{ "block-project-ssh-keys", METADATA_BLOCK_PROJECT_KEYS },
		{ "ssh-keys2", 0 },
		{ "windows-startup-script-ps1", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_UINT(gcp_metadata_key(slice_text(rows[i].name)), rows[i].key);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "methods", test_methods },
		{ "codes", test_codes },
		{ "metadata keys", test_metadata_keys },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/gcp_method", tests);
}
