# SPDX-License-Identifier: Apache-2.0
# What countersign needs of Google Cloud: the role of contrib/gcp/role.yaml on the project, for
# service accounts of instances, and the access scope below on each instance.
terraform {
  required_version = ">= 1.3"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 4.0"
    }
  }
}

variable "project" {
  description = "Project of the instances"
  type        = string
}

variable "service_accounts" {
  description = "Names of your choice, and the e-mail addresses of the instances' service accounts"
  type        = map(string)
}

variable "role_id" {
  description = "Id of the role in the project"
  type        = string
  default     = "countersign"
}

variable "data_access_services" {
  description = "Services whose data access logs are turned on: iap.googleapis.com for logins through IAP"
  type        = set(string)
  default     = []
}

locals {
  role = yamldecode(file("${path.module}/../../gcp/role.yaml"))
}

resource "google_project_iam_custom_role" "countersign" {
  project     = var.project
  role_id     = var.role_id
  title       = local.role.title
  description = local.role.description
  stage       = local.role.stage
  permissions = local.role.includedPermissions
}

resource "google_project_iam_member" "countersign" {
  for_each = var.service_accounts
  project  = var.project
  role     = google_project_iam_custom_role.countersign.id
  member   = "serviceAccount:${each.value}"
}

resource "google_project_iam_audit_config" "data_access" {
  for_each = var.data_access_services
  project  = var.project
  service  = each.value

  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

output "role" {
  description = "The role"
  value       = google_project_iam_custom_role.countersign.id
}

output "scopes" {
  description = "The access scopes that an instance needs for it"
  value       = ["https://www.googleapis.com/auth/logging.read"]
}
