# SPDX-License-Identifier: Apache-2.0
# What countersign needs of AWS: the policy of contrib/aws/policy.json, for a role of instances.
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "name" {
  description = "Name of what is made"
  type        = string
  default     = "countersign"
}

variable "role_name" {
  description = "A role that the instances have already; empty makes one, and an instance profile"
  type        = string
  default     = ""
}

variable "tags" {
  description = "Tags of what is made"
  type        = map(string)
  default     = {}
}

locals {
  own_role = var.role_name == "" ? 1 : 0
}

data "aws_partition" "current" {}

resource "aws_iam_policy" "countersign" {
  name        = var.name
  description = "countersign reads CloudTrail's last events, Systems Manager's sessions and commands"
  policy      = file("${path.module}/../../aws/policy.json")
  tags        = var.tags
}

resource "aws_iam_role" "countersign" {
  count = local.own_role
  name  = var.name
  tags  = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.${data.aws_partition.current.dns_suffix}" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "countersign" {
  role       = local.own_role == 1 ? aws_iam_role.countersign[0].name : var.role_name
  policy_arn = aws_iam_policy.countersign.arn
}

resource "aws_iam_instance_profile" "countersign" {
  count = local.own_role
  name  = var.name
  role  = aws_iam_role.countersign[0].name
  tags  = var.tags
}

output "policy_arn" {
  description = "The policy"
  value       = aws_iam_policy.countersign.arn
}

output "instance_profile" {
  description = "Name of the instance profile; null with a role of yours"
  value       = one(aws_iam_instance_profile.countersign[*].name)
}
