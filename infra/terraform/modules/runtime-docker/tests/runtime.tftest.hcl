mock_provider "docker" {}

variables {
  installation_id  = "01990000-0000-7000-8000-000000000000"
  deployment_id    = "dep_01h455vb4pex5vsknk084sn02q"
  organization_id  = "org_01h455vb4pex5vsknk084sn02q"
  image            = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  user             = "200001:200001"
  run_folder       = "/run/rookery/d/one"
  data_folder      = "/var/lib/rookery/one"
  memory_bytes_max = 268435456
  durability       = "durable"
}

run "walls_the_tenant_in" {
  command = plan

  assert {
    condition     = docker_container.runtime.network_mode == "none"
    error_message = "A runtime must have no network."
  }
  assert {
    condition     = docker_container.runtime.read_only && one(docker_container.runtime.capabilities).drop == toset(["ALL"])
    error_message = "A runtime must be read-only and have no capability."
  }
  assert {
    condition     = docker_container.runtime.memory == 256 && docker_container.runtime.memory_swap == 256
    error_message = "Memory and memory with swap must be the same limit."
  }
  assert {
    condition     = contains(docker_container.runtime.security_opts, "no-new-privileges:true")
    error_message = "A runtime must not gain privileges."
  }
  assert {
    condition     = one([for limit in docker_container.runtime.ulimit : limit.hard if limit.name == "fsize"]) == 320 * 1024 * 1024
    error_message = "A file must end where no segment of a store can be larger."
  }
  assert {
    condition     = docker_container.runtime.cpu_quota == null && alltrue([for limit in docker_container.runtime.ulimit : limit.name != "nproc"])
    error_message = "cpu_quota is never sent by the provider, and nproc counts over all containers of a user."
  }
}

run "refuses_a_tag" {
  command = plan

  variables {
    image = "rookery-runtime:latest"
  }

  expect_failures = [var.image]
}

run "refuses_a_named_user" {
  command = plan

  variables {
    user = "root"
  }

  expect_failures = [var.user]
}
