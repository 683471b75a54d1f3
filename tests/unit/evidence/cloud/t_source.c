/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/source.h"

#include "tests/support/check.h"

static void test_rows(void)
{
	static const struct {
		enum api_log log;
		const char *source;
		enum log_class log_class;
		bool is_more;
	} rows[] = {
		{ API_LOG_CLOUDTRAIL, "ssm.amazonaws.com", LOG_CLASS_SSM, false },
		{ API_LOG_CLOUDTRAIL, "SSM.amazonaws.com", LOG_CLASS_SSM, false },
		{ API_LOG_CLOUDTRAIL, "ec2.amazonaws.com", LOG_CLASS_EC2, true },
		{ API_LOG_CLOUDTRAIL, "s3.amazonaws.com", LOG_CLASS_COUNT, true },
		/* Another cloud's class is none of it. */
		{ API_LOG_CLOUDTRAIL, "iap.googleapis.com", LOG_CLASS_COUNT, true },
		{ API_LOG_CLOUDTRAIL, "activity-log", LOG_CLASS_COUNT, true },
		{ API_LOG_AZURE_ACTIVITY, "Microsoft.Compute", LOG_CLASS_AZURE_ACTIVITY,
		  false },
		{ API_LOG_AZURE_ACTIVITY, "MICROSOFT.SERIALCONSOLE",
		  LOG_CLASS_AZURE_ACTIVITY, false },
		{ API_LOG_AZURE_ACTIVITY, "Microsoft.Storage", LOG_CLASS_COUNT, true },
		{ API_LOG_AZURE_BASTION, "Microsoft.Network", LOG_CLASS_AZURE_BASTION,
		  false },
		{ API_LOG_AZURE_OTHER, "Microsoft.Compute", LOG_CLASS_COUNT, true },
		{ API_LOG_GCP_ACTIVITY, "compute.googleapis.com", LOG_CLASS_GCP_COMPUTE,
		  false },
		/* Whose reads are logged says nothing of what is written. */
		{ API_LOG_GCP_DATA_ACCESS, "compute.googleapis.com", LOG_CLASS_COUNT,
		  true },
		{ API_LOG_GCP_DATA_ACCESS, "iap.googleapis.com", LOG_CLASS_GCP_IAP,
		  false },
		{ API_LOG_GCP_ACTIVITY, "iap.googleapis.com", LOG_CLASS_COUNT, true },
		{ API_LOG_GCP_DATA_ACCESS, "oslogin.googleapis.com",
		  LOG_CLASS_GCP_OS_LOGIN, false },
		{ API_LOG_GCP_ACTIVITY, "europe-west1-ssh-serialport.googleapis.com",
		  LOG_CLASS_GCP_SERIAL_PORT, false },
		{ API_LOG_GCP_ACTIVITY, "osconfig.googleapis.com",
		  LOG_CLASS_GCP_OS_CONFIG, false },
		{ API_LOG_GCP_DATA_ACCESS, "osconfig.googleapis.com",
		  LOG_CLASS_GCP_OS_CONFIG, false },
		{ API_LOG_GCP_OTHER, "iap.googleapis.com", LOG_CLASS_COUNT, true },
		{ API_LOG_GCP_DATA_ACCESS, "xiap.googleapis.com", LOG_CLASS_COUNT, true },
		{ API_LOG_GCP_DATA_ACCESS, "", LOG_CLASS_COUNT, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool is_more = !rows[i].is_more;

		check_row(rows[i].source);
		CHECK_INT(source_log_class(rows[i].log, slice_text(rows[i].source),
					   &is_more),
			  rows[i].log_class);
		CHECK_INT(is_more, rows[i].is_more);
	}
}

static void test_clouds(void)
{
	CHECK_INT(api_log_cloud(API_LOG_CLOUDTRAIL), CLOUD_AWS);
	CHECK_INT(api_log_cloud(API_LOG_AZURE_BASTION), CLOUD_AZURE);
	CHECK_INT(api_log_cloud(API_LOG_GCP_OTHER), CLOUD_GCP);
	CHECK_INT(source_of_service(SLICE("iap.googleapis.com")), LOG_CLASS_GCP_IAP);
	CHECK_INT(source_of_service(SLICE("ssm.amazonaws.com")), LOG_CLASS_COUNT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "clouds", test_clouds },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/source", tests);
}
