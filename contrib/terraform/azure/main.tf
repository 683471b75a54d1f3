# SPDX-License-Identifier: Apache-2.0
# What countersign needs of Azure: the role of contrib/azure/role.json on the subscription, whose
# Activity Log it reads, for managed identities of machines.
terraform {
  required_version = ">= 1.3"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 3.0"
    }
  }
}

variable "subscription_id" {
  description = "Subscription of the machines"
  type        = string
}

variable "principals" {
  description = "Machines, or other names of your choice, and the principal ids of their identities"
  type        = map(string)
}

variable "name" {
  description = "Name of the role, the only one of that name in the tenant"
  type        = string
  default     = "Countersign"
}

locals {
  role  = jsondecode(file("${path.module}/../../azure/role.json"))
  scope = "/subscriptions/${var.subscription_id}"
}

resource "azurerm_role_definition" "countersign" {
  name              = var.name
  description       = local.role.Description
  scope             = local.scope
  assignable_scopes = [local.scope]

  permissions {
    actions          = local.role.Actions
    not_actions      = local.role.NotActions
    data_actions     = local.role.DataActions
    not_data_actions = local.role.NotDataActions
  }
}

resource "azurerm_role_assignment" "countersign" {
  for_each           = var.principals
  scope              = local.scope
  role_definition_id = azurerm_role_definition.countersign.role_definition_resource_id
  principal_id       = each.value
  # an identity that was just made is not known everywhere yet
  skip_service_principal_aad_check = true
}

output "role_definition_id" {
  description = "The role"
  value       = azurerm_role_definition.countersign.role_definition_resource_id
}
