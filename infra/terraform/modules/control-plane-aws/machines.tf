# The door for machines: TLS passes through to the API, which asks for the machine's certificate itself.
locals {
  machines_port = 8443
  api_ports     = concat([local.api_port], var.machines_domain == null ? [] : [local.machines_port])
  machines      = var.machines_domain == null ? toset([]) : toset(["machines"])
  machines_environment = var.machines_domain == null ? {} : {
    API_MACHINES_LISTEN = "0.0.0.0:${local.machines_port}"
    API_MACHINES_URL    = "https://${var.machines_domain}"
  }
}

resource "aws_security_group" "machines" {
  for_each = local.machines

  name        = "${var.name}-machines"
  description = "Machines from anywhere, by TLS with certificates of their own"
  vpc_id      = module.network.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-machines" })
}

resource "aws_vpc_security_group_ingress_rule" "machines" {
  for_each = local.machines

  security_group_id = aws_security_group.machines[each.key].id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

resource "aws_vpc_security_group_egress_rule" "machines" {
  for_each = local.machines

  security_group_id            = aws_security_group.machines[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = local.machines_port
  to_port                      = local.machines_port
  referenced_security_group_id = aws_security_group.services.id
  tags                         = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "services_machines" {
  for_each = local.machines

  security_group_id            = aws_security_group.services.id
  ip_protocol                  = "tcp"
  from_port                    = local.machines_port
  to_port                      = local.machines_port
  referenced_security_group_id = aws_security_group.machines[each.key].id
  tags                         = local.tags
}

resource "aws_lb" "machines" {
  for_each = local.machines

  name                             = "${var.name}-machines"
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = module.network.public_subnet_ids
  security_groups                  = [aws_security_group.machines[each.key].id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection
  tags                             = local.tags
}

resource "aws_lb_target_group" "machines" {
  for_each = local.machines

  name                 = "${var.name}-machines"
  port                 = local.machines_port
  protocol             = "TCP"
  target_type          = "ip"
  deregistration_delay = 30
  vpc_id               = module.network.vpc_id
  tags                 = local.tags

  health_check {
    protocol = "TCP"
    interval = 10
  }
}

resource "aws_lb_listener" "machines" {
  for_each = local.machines

  load_balancer_arn = aws_lb.machines[each.key].arn
  port              = 443
  protocol          = "TCP"
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.machines[each.key].arn
  }
}
