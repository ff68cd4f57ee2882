# The state of one deployment of a docker cell. The provisioner gives the variables.
variable "docker_host" {
  description = "Address of the engine, like unix:///var/run/docker.sock."
  type        = string
}

variable "runtime" {
  description = "What the module runtime-docker takes."
  type = object({
    installation_id  = string
    deployment_id    = string
    organization_id  = string
    image            = string
    user             = string
    run_folder       = string
    data_folder      = string
    memory_bytes_max = number
    durability       = string
  })
}

module "runtime" {
  source = "../../modules/runtime-docker"

  installation_id  = var.runtime.installation_id
  deployment_id    = var.runtime.deployment_id
  organization_id  = var.runtime.organization_id
  image            = var.runtime.image
  user             = var.runtime.user
  run_folder       = var.runtime.run_folder
  data_folder      = var.runtime.data_folder
  memory_bytes_max = var.runtime.memory_bytes_max
  durability       = var.runtime.durability
}

output "container_id" {
  description = "Id of the container."
  value       = module.runtime.container_id
}
