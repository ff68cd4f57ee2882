locals {
  tags = merge(var.tags, {
    "rookery:installation" = var.installation
    "rookery:deployment"   = var.deployment_id
    "rookery:organization" = var.organization_id
  })
}

module "machine" {
  source = "../machine-aws"

  name              = var.name
  installation      = var.installation
  tags              = var.tags
  owner_tags        = { deployment = var.deployment_id, organization = var.organization_id }
  vpc_id            = var.vpc_id
  subnet_id         = var.subnet_id
  availability_zone = var.availability_zone
  image_id          = var.image_id
  instance_type     = var.instance_type
  user_data         = var.user_data
  joins = var.joins == null ? null : {
    url    = var.joins.url
    region = var.joins.region
    cell   = var.joins.cell
    domain = var.joins.domain
    # Without a domain devices come to the address, at the port that is open.
    host       = var.joins.host == null && var.joins.domain == null ? aws_eip.machine.public_ip : var.joins.host
    mqtt_ports = var.joins.domain == null ? "8883-8884" : null
  }
  data_gib             = var.data_gib
  final_snapshot       = var.final_snapshot
  kms_key_arn          = var.kms_key_arn
  open_to_anywhere     = true
  egress_ports         = var.egress_ports
  secret_recovery_days = var.secret_recovery_days
}

# An address of its own that outlives the machine: customers put it into their firewalls.
resource "aws_eip" "machine" {
  domain = "vpc"
  tags   = merge(local.tags, { Name = var.name })
}

resource "aws_eip_association" "machine" {
  allocation_id = aws_eip.machine.id
  instance_id   = module.machine.instance_id
}
