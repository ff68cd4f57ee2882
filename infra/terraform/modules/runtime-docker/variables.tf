variable "installation_id" {
  description = "Id of the installation that makes it; a container of another one is never removed."
  type        = string
}

variable "deployment_id" {
  description = "Id of the deployment; names the container and labels it."
  type        = string

  validation {
    condition     = can(regex("^dep_[0-9a-z]{26}$", var.deployment_id))
    error_message = "deployment_id must look like dep_ and 26 characters."
  }
}

variable "organization_id" {
  description = "Id of the organization that owns the deployment; a label."
  type        = string
}

variable "image" {
  description = "Id of the image, sha256:… A tag would hide that the image behind it has changed."
  type        = string

  validation {
    condition     = startswith(var.image, "sha256:")
    error_message = "image must be an image id (sha256:…), not a tag."
  }
}

variable "user" {
  description = "User and group inside, as numbers. One of its own for each deployment."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+:[0-9]+$", var.user))
    error_message = "user must be two numbers, uid:gid."
  }
}

variable "run_folder" {
  description = "Folder of this host for the two sockets; it must exist and belong to the user."
  type        = string
}

variable "data_folder" {
  description = "Folder of this host for the tenant's data; it must exist and belong to the user."
  type        = string
}

variable "memory_bytes_max" {
  description = "Memory limit in bytes. There is no swap beyond it."
  type        = number

  validation {
    condition     = var.memory_bytes_max >= 32 * 1024 * 1024
    error_message = "memory_bytes_max must be at least 32 MiB."
  }
}

variable "durability" {
  description = "durable, relaxed or memory."
  type        = string

  validation {
    condition     = contains(["durable", "relaxed", "memory"], var.durability)
    error_message = "durability must be durable, relaxed or memory."
  }
}
