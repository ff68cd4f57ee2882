mock_provider "aws" {}

variables {
  name              = "one"
  installation      = "one"
  deployment_id     = "dep_01h455vb4pex5vsknk084sn02q"
  organization_id   = "org_01h455vb4pex5vsknk084sn02q"
  vpc_id            = "vpc-1"
  subnet_id         = "subnet-1"
  availability_zone = "eu-central-1a"
  image_id          = "ami-0123456789abcdef0"
}

run "says_whose_it_is" {
  command = plan

  assert {
    condition = aws_eip.machine.tags == tomap({
      Name                   = "one"
      "rookery:installation" = "one"
      "rookery:deployment"   = "dep_01h455vb4pex5vsknk084sn02q"
      "rookery:organization" = "org_01h455vb4pex5vsknk084sn02q"
    })
    error_message = "The address must name installation, deployment and organization."
  }
}

run "keeps_the_address_apart_from_the_machine" {
  command = apply

  assert {
    condition     = aws_eip_association.machine.allocation_id == aws_eip.machine.id
    error_message = "The address must outlive the machine."
  }
}

run "refuses_a_name_for_a_deployment" {
  command = plan

  variables {
    deployment_id = "my-broker"
  }

  expect_failures = [var.deployment_id]
}

run "tells_the_machine_its_address" {
  command = apply

  variables {
    joins = { region = "eu-central", cell = "aws-1" }
  }

  assert {
    condition     = strcontains(module.machine.user_data, "MACHINE_HOST=${aws_eip.machine.public_ip}\n") && strcontains(module.machine.user_data, "ROOKERY_MQTT_PORTS=8883-8884\n")
    error_message = "Devices must be led to the machine's own address and open port."
  }
}
