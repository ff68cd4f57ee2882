variable "image_id" {
  description = "Machine image (AMI)."
  type        = string
  default     = "ami-0123456789abcdef0"
}

variable "data_gib" {
  description = "Size of the volume for the deployment's data, GiB."
  type        = number
  default     = 20
}

module "network" {
  source = "../../modules/network-aws"

  name               = "rookery-eu1"
  installation       = "example"
  availability_zones = ["${var.region}a", "${var.region}b"]
}

module "dedicated" {
  source = "../../modules/dedicated-aws"

  name                 = "rookery-one"
  installation         = "example"
  deployment_id        = "dep_01h455vb4pex5vsknk084sn02q"
  organization_id      = "org_01h455vb4pex5vsknk084sn02q"
  vpc_id               = module.network.vpc_id
  subnet_id            = module.network.public_subnet_ids[0]
  availability_zone    = "${var.region}a"
  image_id             = var.image_id
  data_gib             = var.data_gib
  final_snapshot       = false
  secret_recovery_days = 0
  joins                = { url = "https://machines.example.com", region = "eu-central", cell = "eu-1" }
}

output "address" {
  description = "Public address of the deployment."
  value       = module.dedicated.address
}
