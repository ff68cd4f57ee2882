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

variable "domain" {
  description = "Name of the cell. Deployments answer at names one label below it."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain must be a lowercase domain name, such as eu1.mqtt.example.com."
  }
}

variable "zone_id" {
  description = "Route53 zone that holds the domain."
  type        = string
}

variable "image_id" {
  description = "Machine image (AMI) with the agent, the edge and a container engine. A changed image replaces the machine, not its data."
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "image_id must look like ami-0123456789abcdef0."
  }
}

variable "instance_type" {
  description = "Kind of machine."
  type        = string
  default     = "t4g.medium"
}

variable "joins" {
  description = "What the machine joins: the control plane's door for machines (null: the secret says it), region and cell of the join token, and how devices reach its deployments. null: nothing, unless user_data says so."
  type = object({
    url    = optional(string)
    region = string
    cell   = string
    host   = optional(string)
    # Each deployment's data in a file system of its own (ROOKERY_STORE_IMAGES); data_gib must be more than the sum of their plans.
    store_images = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.joins == null ? true : alltrue([for value in values(var.joins) : value == null ? true : can(regex("^[A-Za-z0-9:/.\\[\\]_-]+$", value))])
    error_message = "joins may hold letters, digits and : / . _ - [ ] only: it becomes lines of a file of settings."
  }
  validation {
    condition     = try(var.joins.url, null) == null ? true : startswith(var.joins.url, "https://")
    error_message = "joins.url must begin with https://."
  }
}

variable "user_data" {
  description = "What the machine runs at its boot instead of what joins renders. Never a secret: whoever may describe the machine may read it."
  type        = string
  default     = null
}

variable "data_gib" {
  description = "Size of the volume for deployments' data, GiB. It can grow, never shrink."
  type        = number
  default     = 50

  validation {
    condition     = var.data_gib >= 10 && var.data_gib <= 16384 && floor(var.data_gib) == var.data_gib
    error_message = "data_gib must be a whole number from 10 to 16384."
  }
}

variable "final_snapshot" {
  description = "Whether a snapshot of the data volume is taken before it is destroyed."
  type        = bool
  default     = true
}

variable "kms_key_arn" {
  description = "Key for both volumes and the secret; null is the account's own key for each service."
  type        = string
  default     = null
}

variable "egress_ports" {
  description = "TCP ports the machine may call: the control plane, AWS and packages speak HTTPS. Bridges to other brokers need theirs."
  type        = list(number)
  default     = [443]

  validation {
    condition     = alltrue([for port in var.egress_ports : port >= 1 && port <= 65535])
    error_message = "egress_ports must be from 1 to 65535."
  }
}

variable "secret_recovery_days" {
  description = "Days a destroyed secret can be brought back; 0 is at once gone."
  type        = number
  default     = 7

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days must be 0 or from 7 to 30."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
  default     = true
}
