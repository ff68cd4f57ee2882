locals {
  tags  = merge(var.tags, { "rookery:installation" = var.installation })
  ports = { mqtts = 8883, wss = 8084 }
}

module "network" {
  source = "../network-aws"

  name               = var.name
  installation       = var.installation
  tags               = var.tags
  cidr               = var.cidr
  availability_zones = var.availability_zones
}

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Devices from anywhere, by TLS"
  vpc_id      = module.network.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-balancer" })
}

resource "aws_vpc_security_group_ingress_rule" "devices" {
  for_each = local.ports

  security_group_id = aws_security_group.balancer.id
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

resource "aws_vpc_security_group_egress_rule" "machine" {
  for_each = local.ports

  security_group_id            = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  referenced_security_group_id = module.machine.security_group_id
  tags                         = local.tags
}

module "machine" {
  source = "../machine-aws"

  name                            = var.name
  installation                    = var.installation
  tags                            = var.tags
  vpc_id                          = module.network.vpc_id
  subnet_id                       = module.network.private_subnet_ids[0]
  availability_zone               = var.availability_zones[0]
  image_id                        = var.image_id
  instance_type                   = var.instance_type
  user_data                       = var.user_data
  joins                           = var.joins == null ? null : { url = var.joins.url, region = var.joins.region, cell = var.joins.cell, domain = var.domain, host = var.joins.host, store_images = var.joins.store_images }
  data_gib                        = var.data_gib
  final_snapshot                  = var.final_snapshot
  kms_key_arn                     = var.kms_key_arn
  ports                           = values(local.ports)
  load_balancer_security_group_id = aws_security_group.balancer.id
  egress_ports                    = var.egress_ports
  secret_recovery_days            = var.secret_recovery_days
}

resource "aws_lb" "devices" {
  name                             = var.name
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = module.network.public_subnet_ids
  security_groups                  = [aws_security_group.balancer.id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection
  tags                             = local.tags
}

# TLS passes through: the edge on the machine ends it, and reads there which deployment is meant.
resource "aws_lb_target_group" "machine" {
  for_each = local.ports

  name                 = "${var.name}-${each.key}"
  port                 = each.value
  protocol             = "TCP"
  target_type          = "instance"
  preserve_client_ip   = "true"
  deregistration_delay = 30
  vpc_id               = module.network.vpc_id
  tags                 = local.tags

  health_check {
    protocol = "TCP"
    interval = 10
  }
}

resource "aws_lb_target_group_attachment" "machine" {
  for_each = local.ports

  target_group_arn = aws_lb_target_group.machine[each.key].arn
  target_id        = module.machine.instance_id
  port             = each.value
}

resource "aws_lb_listener" "devices" {
  for_each = local.ports

  load_balancer_arn = aws_lb.devices.arn
  port              = each.value
  protocol          = "TCP"
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.machine[each.key].arn
  }
}

resource "aws_route53_record" "deployments" {
  zone_id = var.zone_id
  name    = "*.${var.domain}"
  type    = "A"

  alias {
    name                   = aws_lb.devices.dns_name
    zone_id                = aws_lb.devices.zone_id
    evaluate_target_health = false
  }
}
