mock_provider "aws" {}

variables {
  name               = "net"
  installation       = "one"
  availability_zones = ["eu-central-1a", "eu-central-1b"]
}

run "gives_no_machine_a_public_address_by_itself" {
  command = plan

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : !subnet.map_public_ip_on_launch])
    error_message = "No subnet may give out public addresses."
  }
  assert {
    condition     = length(distinct([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.cidr_block])) == 4
    error_message = "Subnets must not overlap."
  }
}

run "closes_the_default_security_group" {
  command = apply

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "The default security group must let nothing through."
  }
}

run "refuses_one_zone_twice" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_tags_of_its_own" {
  command = plan

  variables {
    tags = { "rookery:installation" = "other" }
  }

  expect_failures = [var.tags]
}
