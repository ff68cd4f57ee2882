mock_provider "aws" {
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::rookery-one" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/one" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:loadbalancer/app/one/0" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/one/0" }
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:one" }
  }
}

variables {
  name               = "rookery"
  installation       = "one"
  region             = "eu-central-1"
  availability_zones = ["eu-central-1a", "eu-central-1b"]
  domain             = "rookery.example.com"
  certificate_arn    = "arn:aws:acm:eu-central-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
  bucket_prefix      = "rookery-one"
  images             = { api = "registry.example.com/api:1.0.0", worker = "registry.example.com/worker:1.0.0" }
}

run "keeps_stores_private_and_encrypted" {
  command = plan

  assert {
    condition     = aws_db_instance.database.storage_encrypted && !aws_db_instance.database.publicly_accessible && aws_db_instance.database.deletion_protection
    error_message = "The database must be encrypted, private and protected."
  }
  assert {
    condition     = aws_db_instance.database.backup_retention_period >= 7 && !aws_db_instance.database.skip_final_snapshot
    error_message = "The database must be backed up."
  }
  assert {
    condition     = tobool(aws_elasticache_replication_group.cache.at_rest_encryption_enabled) && aws_elasticache_replication_group.cache.transit_encryption_enabled
    error_message = "The cache must be encrypted at rest and on its way."
  }
  assert {
    condition     = one(aws_elasticache_parameter_group.cache.parameter).value == "noeviction"
    error_message = "Jobs must never be evicted."
  }
  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.store : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "Buckets must be closed to the public."
  }
  assert {
    condition     = aws_kms_key.installation.enable_key_rotation
    error_message = "The key must be rotated."
  }
}

run "sends_http_to_https" {
  command = plan

  assert {
    condition     = one(one(aws_lb_listener.http.default_action).redirect).protocol == "HTTPS"
    error_message = "HTTP must only redirect."
  }
}

run "asks_tasks_for_their_health_where_any_name_is_answered" {
  command = plan

  assert {
    condition     = one(aws_lb_target_group.api.health_check).path == "/healthz"
    error_message = "The load balancer asks by address: what serves the domain only would never be healthy."
  }
}

run "gives_each_service_its_own_secrets" {
  command = apply

  assert {
    condition     = [for secret in jsondecode(aws_ecs_task_definition.service["api"].container_definitions)[0].secrets : secret.name] == ["API_DATABASE_URL", "JOBS_DATABASE_URL", "SESSION_SECRET"]
    error_message = "The API must not get the worker's database role."
  }
  assert {
    condition = alltrue([
      for task in aws_ecs_task_definition.service : contains(
        jsondecode(task.container_definitions)[0].environment,
        { name = "ROOKERY_KEK", value = "kms:arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000" },
      )
    ])
    error_message = "Sealed columns must be guarded by the key of the installation."
  }
  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.task : alltrue([
        for statement in jsondecode(policy.policy).Statement : can(statement.Condition.StringEquals)
        if anytrue([for action in statement.Action : startswith(action, "kms:")])
      ])
    ])
    error_message = "A task may use the key for its own installation only."
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.service : !one(service.network_configuration).assign_public_ip])
    error_message = "Services must have no public address."
  }
}

run "lets_the_api_read_exports_and_no_states" {
  command = apply

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.task["api"].policy).Statement : alltrue([
        for resource in flatten([statement.Resource]) : startswith(resource, aws_s3_bucket.store["exports"].arn)
      ]) && alltrue([for action in statement.Action : contains(["s3:GetObject", "s3:ListBucket"], action)])
      if anytrue([for action in statement.Action : startswith(action, "s3:")])
    ])
    error_message = "The API may read exports, and nothing else in a bucket."
  }
  assert {
    condition = alltrue([
      for task in aws_ecs_task_definition.service : contains(
        jsondecode(task.container_definitions)[0].environment, { name = "ROOKERY_EXPORTS", value = "s3://rookery-one-exports" }
      )
    ])
    error_message = "Both services must be told where exports are kept."
  }
  assert {
    condition = (
      one(one(aws_s3_bucket_lifecycle_configuration.exports.rule).expiration).days == 9 &&
      one(one(aws_s3_bucket_lifecycle_configuration.exports.rule).abort_incomplete_multipart_upload).days_after_initiation == 1
    )
    error_message = "What a worker leaves behind must be removed."
  }
}

run "refuses_latest" {
  command = plan

  variables {
    images = { api = "registry.example.com/api:latest", worker = "registry.example.com/worker:1.0.0" }
  }

  expect_failures = [var.images]
}

run "refuses_few_backups" {
  command = plan

  variables {
    database = { backup_days = 1 }
  }

  expect_failures = [var.database]
}

run "makes_no_machines_unless_asked" {
  command = apply

  assert {
    condition     = !strcontains(aws_iam_role_policy.task["worker"].policy, "ec2:") && !strcontains(aws_iam_role_policy.task["worker"].policy, "iam:")
    error_message = "The worker must have no right to machines."
  }
}

run "lets_the_worker_make_machines_of_its_own_name" {
  command = apply

  variables {
    makes_machines = true
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.task["worker"].policy, "ec2:RunInstances") && !strcontains(aws_iam_role_policy.task["api"].policy, "ec2:")
    error_message = "The worker, and nobody else, must be able to make machines."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.task["worker"].policy).Statement : alltrue([for resource in flatten([statement.Resource]) : strcontains(resource, "/rk-")])
      if anytrue([for action in statement.Action : startswith(action, "iam:")])
    ])
    error_message = "Roles that are not those of its machines must be out of its reach."
  }
}

run "has_no_door_for_machines_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_lb.machines) == 0 && !strcontains(aws_ecs_task_definition.service["api"].container_definitions, "API_MACHINES_LISTEN")
    error_message = "The door for machines must be off by default."
  }
}

run "passes_tls_of_machines_through" {
  command = apply

  variables {
    machines_domain = "machines.example.com"
  }

  assert {
    condition     = aws_lb_listener.machines["machines"].protocol == "TCP" && aws_lb_listener.machines["machines"].certificate_arn == null
    error_message = "The API itself must end the TLS of machines."
  }
  assert {
    condition     = strcontains(aws_ecs_task_definition.service["api"].container_definitions, "https://machines.example.com") && strcontains(aws_ecs_task_definition.service["api"].container_definitions, "8443")
    error_message = "The API must be told of its door."
  }
}

run "publishes_no_figures_unless_asked" {
  command = apply

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.control_plane) == 0 && !strcontains(aws_iam_role_policy.task["worker"].policy, "cloudwatch:") && !strcontains(aws_ecs_task_definition.service["worker"].container_definitions, "ROOKERY_CLOUDWATCH")
    error_message = "Figures must be off by default."
  }
}

run "wakes_operators_by_figures_of_its_own_namespace" {
  command = apply

  variables {
    metrics = { namespace = "Rookery/one", topic_arns = ["arn:aws:sns:eu-central-1:000000000000:operators"] }
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.task["worker"].policy).Statement : statement.Condition.StringEquals["cloudwatch:namespace"]
      if contains(statement.Action, "cloudwatch:PutMetricData")
    ]) == "Rookery/one"
    error_message = "The worker must publish in its own namespace only."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.task["api"].policy, "cloudwatch:")
    error_message = "The API publishes nothing."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.control_plane : alarm.treat_missing_data == "breaching" && length(alarm.alarm_actions) == 1])
    error_message = "A control plane that is silent must wake somebody."
  }
}

run "refuses_namespaces_of_aws" {
  command = plan

  variables {
    metrics = { namespace = "AWS/EC2" }
  }

  expect_failures = [var.metrics]
}

run "lets_tasks_of_the_api_reach_each_other_and_nobody_else" {
  command = apply

  assert {
    condition = contains(
      jsondecode(aws_ecs_task_definition.service["api"].container_definitions)[0].environment,
      { name = "API_PRIVATE_LISTEN", value = "0.0.0.0:9090" },
    )
    error_message = "A socket within a task is out of the other tasks' reach."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.private.referenced_security_group_id == aws_security_group.services.id && aws_vpc_security_group_ingress_rule.private.from_port == 9090
    error_message = "Who comes there is trusted: only the services may."
  }
  assert {
    condition     = alltrue([for mapping in jsondecode(aws_ecs_task_definition.service["api"].container_definitions)[0].portMappings : mapping.containerPort != 9090])
    error_message = "No balancer may lead there."
  }
}

run "lets_nobody_sign_up_who_was_not_invited" {
  command = apply

  assert {
    condition = contains(
      jsondecode(aws_ecs_task_definition.service["api"].container_definitions)[0].environment,
      { name = "ROOKERY_SIGN_UP", value = "invite" },
    )
    error_message = "An installation on the internet must be closed to strangers by default."
  }
}
