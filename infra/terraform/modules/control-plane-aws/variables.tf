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
  default     = "10.65.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 3))
    error_message = "cidr must be an IPv4 range such as 10.65.0.0/16."
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

variable "region" {
  description = "Region of the provider; logs are written there."
  type        = string
}

variable "domain" {
  description = "Name at which the console and the API answer; mail comes from it too."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain must be a lowercase domain name, such as rookery.example.com."
  }
}

variable "sign_up" {
  description = "Who may sign up: open (everybody), invite (whom an operator invites), closed."
  type        = string
  default     = "invite"

  validation {
    condition     = contains(["open", "invite", "closed"], var.sign_up)
    error_message = "sign_up must be open, invite or closed."
  }
}

variable "machines_domain" {
  description = "Name at which machines join, by TLS that the API itself ends; null: there is no such door."
  type        = string
  default     = null

  validation {
    condition     = var.machines_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.machines_domain))
    error_message = "machines_domain must be a lowercase domain name, such as machines.example.com."
  }
}

variable "certificate_arn" {
  description = "Certificate (ACM) of that name."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate of ACM."
  }
}

variable "bucket_prefix" {
  description = "Begins the names of the buckets, which are unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,40}$", var.bucket_prefix))
    error_message = "bucket_prefix must be 3 to 41 lowercase letters, digits and dashes."
  }
}

variable "images" {
  description = "Images of the two services, by digest or by a tag that never moves."
  type        = object({ api = string, worker = string })

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("(:[^/:]+|@sha256:[0-9a-f]{64})$", image)) && !endswith(image, ":latest")])
    error_message = "images must name a tag or a digest, and not latest."
  }
}

variable "sizes" {
  description = "Of each service: CPU units and MiB as Fargate knows them, and how many tasks."
  type = object({
    api    = optional(object({ cpu = number, memory = number, tasks = number }), { cpu = 512, memory = 1024, tasks = 2 })
    worker = optional(object({ cpu = number, memory = number, tasks = number }), { cpu = 1024, memory = 2048, tasks = 1 })
  })
  default = {}

  validation {
    condition     = alltrue([for size in values(var.sizes) : contains([256, 512, 1024, 2048, 4096], size.cpu) && size.memory >= 2 * size.cpu && size.memory <= 8 * size.cpu && size.tasks >= 0 && size.tasks <= 20])
    error_message = "sizes must have cpu 256, 512, 1024, 2048 or 4096, memory from 2 to 8 times that, and 0 to 20 tasks."
  }
}

variable "database" {
  description = "Of PostgreSQL: version, class, GiB, whether a second machine stands by, days of backups."
  type = object({
    version     = optional(string, "17")
    class       = optional(string, "db.t4g.medium")
    gib         = optional(number, 50)
    multi_az    = optional(bool, true)
    backup_days = optional(number, 14)
  })
  default = {}

  validation {
    condition     = var.database.gib >= 20 && var.database.backup_days >= 7 && var.database.backup_days <= 35
    error_message = "database must have at least 20 GiB and 7 to 35 days of backups."
  }
}

variable "cache_type" {
  description = "Kind of machine of Valkey; there are two."
  type        = string
  default     = "cache.t4g.small"
}

variable "deletion_protection" {
  description = "Whether database and load balancer refuse to be deleted, a last snapshot is made, and buckets must be empty."
  type        = bool
  default     = true
}

variable "log_days" {
  description = "Days logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.log_days)
    error_message = "log_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365."
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

variable "makes_machines" {
  description = "Whether the worker may make machines: for cells of kind aws."
  type        = bool
  default     = false
}

variable "metrics" {
  description = "CloudWatch: the namespace in which the worker publishes figures of the control plane, one for each installation, and topics of SNS that hear its alarms; null: no figures and no alarms."
  type = object({
    namespace  = string
    topic_arns = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.metrics == null ? true : can(regex("^[A-Za-z0-9._/#:-]{1,255}$", var.metrics.namespace)) && !startswith(var.metrics.namespace, "AWS/")
    error_message = "metrics.namespace must be letters, digits and . _ / # : -, and not AWS/…."
  }
}
