resource "aws_security_group" "services" {
  name        = "${var.name}-services"
  description = "The API from its load balancer; stores and HTTPS out"
  vpc_id      = module.network.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-services" })
}

resource "aws_vpc_security_group_ingress_rule" "services" {
  security_group_id            = aws_security_group.services.id
  ip_protocol                  = "tcp"
  from_port                    = local.api_port
  to_port                      = local.api_port
  referenced_security_group_id = aws_security_group.balancer.id
  tags                         = local.tags
}

# Whoever comes by this port is trusted, so nobody but the services does.
resource "aws_vpc_security_group_ingress_rule" "private" {
  security_group_id            = aws_security_group.services.id
  ip_protocol                  = "tcp"
  from_port                    = local.private_port
  to_port                      = local.private_port
  referenced_security_group_id = aws_security_group.services.id
  tags                         = local.tags
}

resource "aws_vpc_security_group_egress_rule" "private" {
  security_group_id            = aws_security_group.services.id
  ip_protocol                  = "tcp"
  from_port                    = local.private_port
  to_port                      = local.private_port
  referenced_security_group_id = aws_security_group.services.id
  tags                         = local.tags
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.services.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

resource "aws_vpc_security_group_egress_rule" "stores" {
  for_each = { database = 5432, cache = 6379 }

  security_group_id            = aws_security_group.services.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  referenced_security_group_id = each.key == "database" ? aws_security_group.database.id : aws_security_group.cache.id
  tags                         = local.tags
}

# What cells of kind aws need of the worker: modules/dedicated-aws by Terraform, and what the worker looks at and removes itself.
locals {
  own_name = "rk-*"
  making_machines = [
    { Effect = "Allow", Action = ["ec2:Describe*", "ec2:GetInstanceUefiData"], Resource = "*" },
    {
      Effect    = "Allow"
      Action    = ["ec2:RunInstances", "ec2:CreateVolume", "ec2:AllocateAddress", "ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:CreateSnapshot"]
      Resource  = "*"
      Condition = { StringEqualsIfExists = { "aws:RequestTag/rookery:installation" = var.installation } }
    },
    {
      Effect = "Allow"
      Action = [
        "ec2:AssociateAddress", "ec2:AttachVolume", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup",
        "ec2:DeleteTags", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:DisassociateAddress", "ec2:ModifyInstanceAttribute", "ec2:ModifyVolume",
        "ec2:ReleaseAddress", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances",
      ]
      Resource  = "*"
      Condition = { StringEqualsIfExists = { "aws:ResourceTag/rookery:installation" = var.installation } }
    },
    {
      Effect = "Allow"
      Action = [
        "iam:AddRoleToInstanceProfile", "iam:AttachRolePolicy", "iam:CreateInstanceProfile", "iam:CreateRole", "iam:DeleteInstanceProfile", "iam:DeleteRole",
        "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetInstanceProfile", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile", "iam:TagRole",
      ]
      Resource = ["arn:aws:iam::*:role/${local.own_name}", "arn:aws:iam::*:instance-profile/${local.own_name}"]
    },
    {
      Effect = "Allow"
      Action = [
        "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:TagResource",
      ]
      Resource = "arn:aws:secretsmanager:*:*:secret:${local.own_name}"
    },
  ]
}

locals {
  assume_by_tasks = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}

# What starts a task: reads its secrets, writes its logs.
resource "aws_iam_role" "start" {
  for_each = local.services

  name               = "${var.name}-${each.key}-start"
  assume_role_policy = local.assume_by_tasks
  tags               = local.tags
}

resource "aws_iam_role_policy" "start" {
  for_each = local.services

  name = "secrets-and-logs"
  role = aws_iam_role.start[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [for key, secret in local.secrets : aws_secretsmanager_secret.service[key].arn if contains(secret.services, each.key)]
      },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.installation.arn },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.service[each.key].arn}:*"
      },
      {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
        Resource = "*"
      },
    ]
  })
}

# What a task may do once it runs.
resource "aws_iam_role" "task" {
  for_each = local.services

  name               = "${var.name}-${each.key}"
  assume_role_policy = local.assume_by_tasks
  tags               = local.tags
}

resource "aws_iam_role_policy" "task" {
  for_each = local.services

  name = "installation"
  role = aws_iam_role.task[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        # Keys of sealed columns: bound to this installation, so that no task unwraps another's with the same key.
        {
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = aws_kms_key.installation.arn
          Condition = { StringEquals = { "kms:EncryptionContext:rookery:installation" = var.installation } }
        },
        # What S3 encrypts with it.
        {
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = aws_kms_key.installation.arn
          Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
        },
      ],
      # Who may not list is told that a missing object is forbidden.
      each.key == "worker" ? [
        { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = "${aws_s3_bucket.store["states"].arn}/*" },
        { Effect = "Allow", Action = ["s3:ListBucket"], Resource = aws_s3_bucket.store["states"].arn },
        { Effect = "Allow", Action = ["s3:ListBucket"], Resource = aws_s3_bucket.store["exports"].arn },
        # Makes the files of exports and removes them; what is in them it need not read.
        {
          Effect   = "Allow"
          Action   = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
          Resource = "${aws_s3_bucket.store["exports"].arn}/exports/*"
        },
      ] : [],
      each.key == "api" ? [
        { Effect = "Allow", Action = ["ses:SendEmail"], Resource = aws_sesv2_email_identity.mail.arn },
        # Hands out the files of exports; of states it has no right to know.
        { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.store["exports"].arn}/exports/*" },
        { Effect = "Allow", Action = ["s3:ListBucket"], Resource = aws_s3_bucket.store["exports"].arn },
      ] : [],
      [
        for metrics in var.metrics == null ? [] : [var.metrics] : {
          Effect    = "Allow"
          Action    = ["cloudwatch:PutMetricData"]
          Resource  = "*"
          Condition = { StringEquals = { "cloudwatch:namespace" = metrics.namespace } }
        } if each.key == "worker"
      ],
      [for statement in local.making_machines : statement if each.key == "worker" && var.makes_machines],
    )
  })
}

resource "aws_ecs_cluster" "services" {
  name = var.name
  tags = local.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "service" {
  for_each = local.services

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.sizes[each.key].cpu
  memory                   = var.sizes[each.key].memory
  execution_role_arn       = aws_iam_role.start[each.key].arn
  task_role_arn            = aws_iam_role.task[each.key].arn
  tags                     = local.tags

  container_definitions = jsonencode([{
    name         = each.key
    image        = var.images[each.key]
    essential    = true
    command      = local.commands[each.key]
    healthCheck  = { command = ["CMD", "node", "docker/probe.ts", local.health[each.key]], interval = 10, timeout = 5, retries = 3, startPeriod = 30 }
    portMappings = each.key == "api" ? [for port in local.api_ports : { containerPort = port, hostPort = port, protocol = "tcp" }] : []
    environment = concat(
      [
        { name = "REDIS_URL", value = "rediss://${aws_elasticache_replication_group.cache.primary_endpoint_address}:6379" },
        { name = "ROOKERY_KEK", value = "kms:${aws_kms_key.installation.arn}" },
        { name = "ROOKERY_INSTALLATION", value = var.installation },
      ],
      [for name, value in local.environments[each.key] : { name = name, value = value }],
    )
    secrets = [
      for key, secret in local.secrets : { name = secret.variable, valueFrom = aws_secretsmanager_secret.service[key].arn } if contains(secret.services, each.key)
    ]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.service[each.key].name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = each.key
      }
    }
  }])
}

resource "aws_ecs_service" "service" {
  for_each = local.services

  name            = each.key
  cluster         = aws_ecs_cluster.services.id
  task_definition = aws_ecs_task_definition.service[each.key].arn
  desired_count   = var.sizes[each.key].tasks
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  tags            = local.tags

  network_configuration {
    subnets          = module.network.private_subnet_ids
    security_groups  = [aws_security_group.services.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = each.key == "api" ? ["api"] : []

    content {
      target_group_arn = aws_lb_target_group.api.arn
      container_name   = "api"
      container_port   = local.api_port
    }
  }

  dynamic "load_balancer" {
    for_each = each.key == "api" ? local.machines : []

    content {
      target_group_arn = aws_lb_target_group.machines[load_balancer.key].arn
      container_name   = "api"
      container_port   = local.machines_port
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    ignore_changes = [availability_zone_rebalancing]
  }

  depends_on = [aws_lb_listener.https, aws_lb_listener.machines, aws_iam_role_policy.start]
}
