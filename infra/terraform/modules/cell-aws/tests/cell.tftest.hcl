mock_provider "aws" {}

variables {
  name               = "eu1"
  installation       = "one"
  availability_zones = ["eu-central-1a", "eu-central-1b"]
  domain             = "eu1.mqtt.example.com"
  zone_id            = "Z1"
  image_id           = "ami-0123456789abcdef0"
}

run "passes_tls_through" {
  command = plan

  assert {
    condition     = toset([for listener in aws_lb_listener.devices : listener.port]) == toset([8883, 8084])
    error_message = "Only 8883 and 8084 may listen."
  }
  assert {
    condition     = alltrue([for listener in aws_lb_listener.devices : listener.protocol == "TCP" && listener.certificate_arn == null])
    error_message = "TLS must end at the edge, not at the load balancer."
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.devices : rule.to_port]) == toset([8883, 8084])
    error_message = "Only 8883 and 8084 may be open."
  }
}

run "names_deployments_below_the_domain" {
  command = plan

  assert {
    condition     = aws_route53_record.deployments.name == "*.eu1.mqtt.example.com"
    error_message = "One record must stand for every deployment."
  }
}

run "is_protected_unless_told_otherwise" {
  command = plan

  assert {
    condition     = aws_lb.devices.enable_deletion_protection
    error_message = "The load balancer must be protected by default."
  }
}

run "refuses_an_address_as_domain" {
  command = plan

  variables {
    domain = "https://eu1.example.com"
  }

  expect_failures = [var.domain]
}
