variable "image_id" {
  description = "Machine image (AMI)."
  type        = string
  default     = "ami-0123456789abcdef0"
}

variable "data_gib" {
  description = "Size of the volume for deployments' data, GiB."
  type        = number
  default     = 50
}

resource "aws_route53_zone" "mqtt" {
  name = "mqtt.example.com"
  tags = { "rookery:installation" = "example" }
}

module "cell" {
  source = "../../modules/cell-aws"

  name                 = "rookery-eu1"
  installation         = "example"
  tags                 = { team = "platform" }
  availability_zones   = ["${var.region}a", "${var.region}b"]
  domain               = "eu1.mqtt.example.com"
  zone_id              = aws_route53_zone.mqtt.zone_id
  image_id             = var.image_id
  data_gib             = var.data_gib
  final_snapshot       = false
  deletion_protection  = false
  secret_recovery_days = 0
  joins                = { url = "https://machines.example.com", region = "eu-central", cell = "eu-1" }
}

output "address" {
  description = "Name of the load balancer."
  value       = module.cell.address
}
