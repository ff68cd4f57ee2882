# The state of one deployment of a cell of kind aws. The provisioner gives the variables.
variable "region" {
  description = "Region everything is made in."
  type        = string
}

variable "machine" {
  description = "What the module dedicated-aws takes."
  type = object({
    name                 = string
    installation         = string
    deployment_id        = string
    organization_id      = string
    vpc_id               = string
    subnet_id            = string
    availability_zone    = string
    image_id             = string
    instance_type        = string
    data_gib             = number
    final_snapshot       = bool
    kms_key_arn          = string
    secret_recovery_days = number
    joins                = object({ region = string, cell = string })
  })
}

module "machine" {
  source = "../../modules/dedicated-aws"

  name                 = var.machine.name
  installation         = var.machine.installation
  deployment_id        = var.machine.deployment_id
  organization_id      = var.machine.organization_id
  vpc_id               = var.machine.vpc_id
  subnet_id            = var.machine.subnet_id
  availability_zone    = var.machine.availability_zone
  image_id             = var.machine.image_id
  instance_type        = var.machine.instance_type
  data_gib             = var.machine.data_gib
  final_snapshot       = var.machine.final_snapshot
  kms_key_arn          = var.machine.kms_key_arn
  secret_recovery_days = var.machine.secret_recovery_days
  joins                = var.machine.joins
}

output "address" {
  description = "Public address of the machine."
  value       = module.machine.address
}

output "secret_arn" {
  description = "The secret that holds the machine's join token."
  value       = module.machine.secret_arn
}

output "instance_id" {
  description = "Id of the machine."
  value       = module.machine.instance_id
}
