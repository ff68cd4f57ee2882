mock_provider "aws" {
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:one" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/one" }
  }
}

variables {
  name                            = "one"
  installation                    = "one"
  vpc_id                          = "vpc-1"
  subnet_id                       = "subnet-1"
  availability_zone               = "eu-central-1a"
  image_id                        = "ami-0123456789abcdef0"
  load_balancer_security_group_id = "sg-1"
}

run "lets_only_the_balancer_in" {
  command = plan

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.devices)) == toset(["8883", "8084"])
    error_message = "Only the two TLS ports may be open."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.devices : rule.cidr_ipv4 == null && rule.referenced_security_group_id == "sg-1"])
    error_message = "Behind a load balancer only that may reach the machine."
  }
}

run "opens_to_anywhere_only_when_told" {
  command = plan

  variables {
    open_to_anywhere = true
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.devices : rule.cidr_ipv4 == "0.0.0.0/0" && rule.referenced_security_group_id == null])
    error_message = "A machine with an address of its own is open to devices."
  }
}

run "guards_metadata_and_disks" {
  command = plan

  assert {
    condition     = one(aws_instance.machine.metadata_options).http_tokens == "required" && one(aws_instance.machine.metadata_options).http_put_response_hop_limit == 1
    error_message = "Metadata must need a session, and be out of reach of containers."
  }
  assert {
    condition     = one(aws_instance.machine.root_block_device).encrypted && aws_ebs_volume.data.encrypted
    error_message = "Both volumes must be encrypted."
  }
  assert {
    condition     = aws_ebs_volume.data.tags["rookery:installation"] == "one" && aws_ebs_volume.data.final_snapshot
    error_message = "The data volume must be tagged, and leave a snapshot."
  }
}

run "may_read_one_secret_and_no_other" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.secret.policy).Statement == [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = aws_secretsmanager_secret.machine.arn
    }]
    error_message = "The role must read its own secret only."
  }
}

run "refuses_a_port_without_tls" {
  command = plan

  variables {
    ports = [1883]
  }

  expect_failures = [var.ports]
}

run "refuses_a_name_for_an_image" {
  command = plan

  variables {
    image_id = "debian-12"
  }

  expect_failures = [var.image_id]
}

run "renders_what_joins_and_no_secret" {
  command = apply

  variables {
    joins = { url = "https://machines.example.com", region = "eu-central", cell = "eu-1", domain = "eu1.mqtt.example.com", store_images = true }
  }

  assert {
    condition     = strcontains(output.user_data, "API_MACHINES_URL=https://machines.example.com\n")
    error_message = "The settings must name the control plane."
  }
  assert {
    condition     = strcontains(output.user_data, "ROOKERY_STORE_IMAGES=on\n")
    error_message = "Data must lie in images where that is wanted."
  }
  assert {
    condition     = strcontains(output.user_data, "rookery-machine secret ${aws_secretsmanager_secret.machine.arn}") && !strcontains(output.user_data, "rkj_")
    error_message = "The token must come from the secret."
  }
  assert {
    condition     = !strcontains(output.user_data, "curl") && !strcontains(output.user_data, "apt-get") && !strcontains(output.user_data, "MACHINE_HOST")
    error_message = "Nothing may be fetched, and what is not given is left out."
  }
}

run "runs_what_it_is_given_instead" {
  command = plan

  variables {
    user_data = "#!/bin/sh"
    joins     = { region = "eu-central", cell = "eu-1" }
  }

  assert {
    condition     = aws_instance.machine.user_data == "#!/bin/sh"
    error_message = "user_data must count before joins."
  }
}

run "refuses_settings_with_line_breaks" {
  command = plan

  variables {
    joins = { region = "eu-central\nNODE_OPTIONS=--inspect", cell = "eu-1" }
  }

  expect_failures = [var.joins]
}
