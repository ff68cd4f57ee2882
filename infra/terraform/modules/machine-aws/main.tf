locals {
  tags = merge(
    var.tags,
    { for key, value in var.owner_tags : "rookery:${key}" => value },
    { "rookery:installation" = var.installation },
  )
  # Settings of the agent (docs/reference/config.md). A domain is missing where deployments answer at ports of their own.
  settings = var.joins == null ? {} : {
    for name, value in {
      API_MACHINES_URL     = var.joins.url
      ROOKERY_REGION       = var.joins.region
      ROOKERY_CELL         = var.joins.cell
      ROOKERY_DOMAIN       = var.joins.domain
      MACHINE_HOST         = var.joins.host
      MACHINE_NAME         = var.name
      ROOKERY_MQTT_PORTS   = var.joins.mqtt_ports
      ROOKERY_STORE_IMAGES = var.joins.store_images ? "on" : null
    } : name => value if value != null
  }
  rendered = var.joins == null ? null : templatefile("${path.module}/user-data.sh.tftpl", {
    settings   = local.settings
    secret_arn = aws_secretsmanager_secret.machine.arn
    volume_id  = aws_ebs_volume.data.id
  })
  user_data = var.user_data != null ? var.user_data : local.rendered
}

resource "aws_security_group" "machine" {
  name        = "${var.name}-machine"
  description = "Devices in by TLS ports; HTTPS out"
  vpc_id      = var.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-machine" })
}

resource "aws_vpc_security_group_ingress_rule" "devices" {
  for_each = toset([for port in var.ports : tostring(port)])

  security_group_id            = aws_security_group.machine.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.key)
  to_port                      = tonumber(each.key)
  cidr_ipv4                    = var.open_to_anywhere ? "0.0.0.0/0" : null
  referenced_security_group_id = var.open_to_anywhere ? null : var.load_balancer_security_group_id
  tags                         = local.tags
}

resource "aws_vpc_security_group_egress_rule" "calls" {
  for_each = toset([for port in var.egress_ports : tostring(port)])

  security_group_id = aws_security_group.machine.id
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

# Its value is put there by hand or by the control plane: nothing secret is ever in a plan or a state.
resource "aws_secretsmanager_secret" "machine" {
  name                    = "${var.name}/machine"
  description             = "JSON: joinToken, and the TLS certificate and key the edge serves"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
  tags                    = local.tags
}

resource "aws_iam_role" "machine" {
  name = "${var.name}-machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy" "secret" {
  name = "own-secret"
  role = aws_iam_role.machine.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = aws_secretsmanager_secret.machine.arn }],
      var.kms_key_arn == null ? [] : [{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key_arn }],
    )
  })
}

# Operators' only way in: there is no SSH.
resource "aws_iam_role_policy_attachment" "sessions" {
  role       = aws_iam_role.machine.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "machine" {
  name = "${var.name}-machine"
  role = aws_iam_role.machine.name
  tags = local.tags
}

# A public address is the subnet's to give, and none of ours does; said here, it would read one associated later as a change.
resource "aws_instance" "machine" {
  ami                    = var.image_id
  instance_type          = var.instance_type
  subnet_id              = var.subnet_id
  vpc_security_group_ids = [aws_security_group.machine.id]
  iam_instance_profile   = aws_iam_instance_profile.machine.name
  user_data              = local.user_data
  # It runs at the first boot only, so a changed one needs a new machine.
  user_data_replace_on_change = true
  tags                        = merge(local.tags, { Name = var.name })

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.root_gib
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true
    tags                  = local.tags
  }
}

# Apart from the machine: replacing that keeps this.
resource "aws_ebs_volume" "data" {
  availability_zone = var.availability_zone
  type              = "gp3"
  size              = var.data_gib
  encrypted         = true
  kms_key_id        = var.kms_key_arn
  final_snapshot    = var.final_snapshot
  tags              = merge(local.tags, { Name = "${var.name}-data", "rookery:snapshot" = "daily" })
}

resource "aws_volume_attachment" "data" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.machine.id
  volume_id                      = aws_ebs_volume.data.id
  stop_instance_before_detaching = true
}
