variable "name" {
  description = "Begins the name of everything made here."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "name must be 2 to 24 lowercase letters, digits and dashes, and begin with a letter."
  }
}

variable "installation" {
  description = "Which installation of Rookery this belongs to; the tag rookery:installation. What lacks it is never touched."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,64}$", var.installation))
    error_message = "installation must be 1 to 64 letters, digits, dots, dashes and underscores."
  }
}

variable "tags" {
  description = "Further tags on everything."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(key, "rookery:")])
    error_message = "Tags that begin with rookery: are set by the module."
  }
}

variable "cidr" {
  description = "IPv4 range of the network; cut into subnets sixteen times smaller."
  type        = string
  default     = "10.64.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 3))
    error_message = "cidr must be an IPv4 range such as 10.64.0.0/16."
  }
}

variable "availability_zones" {
  description = "Two availability zones."
  type        = list(string)

  validation {
    condition     = length(distinct(var.availability_zones)) == 2 && length(var.availability_zones) == 2
    error_message = "availability_zones must be two different zones."
  }
}
