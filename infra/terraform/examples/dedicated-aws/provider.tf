terraform {
  required_version = ">= 1.7.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 6.0.0"
    }
  }
}

variable "region" {
  description = "Region everything is made in."
  type        = string
  default     = "eu-central-1"
}

variable "endpoint" {
  description = "Address of something that answers in AWS's place, for a trial; null is AWS itself."
  type        = string
  default     = null
}

provider "aws" {
  region                      = var.region
  access_key                  = var.endpoint == null ? null : "trial"
  secret_key                  = var.endpoint == null ? null : "trial"
  skip_credentials_validation = var.endpoint != null
  skip_metadata_api_check     = var.endpoint == null ? null : "true"
  skip_region_validation      = var.endpoint != null
  s3_use_path_style           = var.endpoint != null
  # A trial that lacks an action answers 500 for ever.
  max_retries = var.endpoint == null ? 25 : 2

  endpoints {
    acm            = var.endpoint
    cloudwatch     = var.endpoint
    ec2            = var.endpoint
    ecs            = var.endpoint
    elasticache    = var.endpoint
    elbv2          = var.endpoint
    iam            = var.endpoint
    kms            = var.endpoint
    logs           = var.endpoint
    rds            = var.endpoint
    route53        = var.endpoint
    s3             = var.endpoint
    secretsmanager = var.endpoint
    sesv2          = var.endpoint
    sts            = var.endpoint
  }
}
