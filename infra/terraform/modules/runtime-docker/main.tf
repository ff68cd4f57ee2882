locals {
  memory_megabytes = floor(var.memory_bytes_max / (1024 * 1024))
  run_inside       = "/run/rookery"
  data_inside      = "/var/lib/rookery"

  labels = {
    "rookery.managed"      = "terraform"
    "rookery.deployment"   = var.deployment_id
    "rookery.organization" = var.organization_id
    "rookery.installation" = var.installation_id
  }
}

# One broker of one tenant. It has no network: clients reach it through the edge by a socket of its run folder.
resource "docker_container" "runtime" {
  name    = "rookery-${var.deployment_id}"
  image   = var.image
  restart = "unless-stopped"

  command = [
    "--unix", "${local.run_inside}/mqtt.sock", "--proxy-protocol",
    "--admin", "${local.run_inside}/admin.sock", "--await-policy",
    "--data", local.data_inside, "--durability", var.durability,
    "--deployment", var.deployment_id,
  ]

  network_mode  = "none"
  read_only     = true
  user          = var.user
  security_opts = ["no-new-privileges:true"]
  # Without memory_swap a limit cannot be raised in place, and plans a difference for ever.
  memory      = local.memory_megabytes
  memory_swap = local.memory_megabytes
  # What is counted per process; processes themselves are limited by the agent, which this provider cannot do.
  ulimit {
    name = "nofile"
    soft = 16384
    hard = 16384
  }
  # Bytes of one file: FILE_BYTES_MAX of the agent, 320 MiB. No segment of a store is larger.
  ulimit {
    name = "fsize"
    soft = 335544320
    hard = 335544320
  }

  capabilities {
    drop = ["ALL"]
  }

  tmpfs = {
    "/tmp" = "rw,noexec,nosuid,nodev,size=8m"
  }

  mounts {
    type   = "bind"
    source = var.run_folder
    target = local.run_inside
  }

  mounts {
    type   = "bind"
    source = var.data_folder
    target = local.data_inside
  }

  log_driver = "local"
  log_opts = {
    "max-size" = "5m"
    "max-file" = "2"
  }

  dynamic "labels" {
    for_each = local.labels
    content {
      label = labels.key
      value = labels.value
    }
  }

  stop_signal           = "SIGTERM"
  stop_timeout          = 10
  destroy_grace_seconds = 10

  lifecycle {
    # Whether it runs is the agent's business: a container that sleeps or was stopped stays so through every apply.
    ignore_changes = [must_run]
  }
}
