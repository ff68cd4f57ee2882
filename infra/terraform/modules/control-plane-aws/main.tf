locals {
  tags     = merge(var.tags, { "rookery:installation" = var.installation })
  services = toset(["api", "worker"])
  api_port = 8080
  # Tasks of the API come to each other there: the machine that one is asked about may hold its stream with another.
  private_port = 9090
  # As in docker-compose.yml.
  commands = {
    api    = ["node", "--enable-source-maps", "services/api/dist/main.js"]
    worker = ["node", "--enable-source-maps", "services/provisioner/dist/worker.js"]
  }
  # Where their health is asked for.
  health = { api = "http://127.0.0.1:${local.private_port}", worker = "/tmp/worker.sock" }
  environments = {
    api = merge(local.machines_environment, {
      API_PRIVATE_LISTEN = "0.0.0.0:${local.private_port}"
      PUBLIC_URL         = "https://${var.domain}"
      ROOKERY_BIND       = "0.0.0.0"
      ROOKERY_EXPORTS    = "s3://${var.bucket_prefix}-exports"
      ROOKERY_MAIL       = "ses:${var.region}"
      ROOKERY_MAIL_FROM  = "Rookery <rookery@${var.domain}>"
      ROOKERY_PORT       = tostring(local.api_port)
      ROOKERY_SIGN_UP    = var.sign_up
      WEB_ROOT           = "/app/web/dist"
    })
    worker = merge(var.metrics == null ? {} : { ROOKERY_CLOUDWATCH = var.metrics.namespace }, {
      ROOKERY_BUCKET       = "s3://${var.bucket_prefix}-states"
      ROOKERY_EXPORTS      = "s3://${var.bucket_prefix}-exports"
      TERRAFORM_HOME       = "/tmp/terraform"
      WORKER_HEALTH_SOCKET = local.health.worker
    })
  }
}

module "network" {
  source = "../network-aws"

  name               = var.name
  installation       = var.installation
  tags               = var.tags
  cidr               = var.cidr
  availability_zones = var.availability_zones
}

# Seals data at rest here, and wraps the keys of sealed columns (ROOKERY_KEK).
resource "aws_kms_key" "installation" {
  description             = "Rookery ${var.installation}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = local.tags
}

resource "aws_kms_alias" "installation" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.installation.key_id
}

# Filled by an operator after the first apply: no secret is ever in a plan or a state.
resource "aws_secretsmanager_secret" "service" {
  for_each = local.secrets

  name                    = "${var.name}/${each.key}"
  description             = each.value.description
  kms_key_id              = aws_kms_key.installation.arn
  recovery_window_in_days = var.secret_recovery_days
  tags                    = local.tags
}

locals {
  secrets = {
    "api-database-url"         = { description = "Address of PostgreSQL for the role of the API", variable = "API_DATABASE_URL", services = ["api"] }
    "provisioner-database-url" = { description = "Address of PostgreSQL for the role of the worker", variable = "PROVISIONER_DATABASE_URL", services = ["worker"] }
    "jobs-database-url"        = { description = "Address of PostgreSQL for jobs", variable = "JOBS_DATABASE_URL", services = ["api", "worker"] }
    "session"                  = { description = "What signs sessions: 16 characters or more", variable = "SESSION_SECRET", services = ["api"] }
  }
}

resource "aws_sesv2_email_identity" "mail" {
  email_identity = var.domain
  tags           = local.tags
}

resource "aws_cloudwatch_log_group" "service" {
  for_each = local.services

  name              = "/${var.name}/${each.key}"
  retention_in_days = var.log_days
  tags              = local.tags
}
