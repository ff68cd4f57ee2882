terraform {
  required_version = ">= 1.7.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 6.0.0"
    }
  }
}

# Credentials and, for a trial, AWS_ENDPOINT_URL come from the worker's environment.
provider "aws" {
  region      = var.region
  max_retries = 10
}
