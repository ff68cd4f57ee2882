variable "log_days" {
  description = "Days logs are kept."
  type        = number
  default     = 30
}

resource "aws_acm_certificate" "web" {
  domain_name       = "rookery.example.com"
  validation_method = "DNS"
  tags              = { "rookery:installation" = "example" }

  lifecycle {
    create_before_destroy = true
  }
}

module "control_plane" {
  source = "../../modules/control-plane-aws"

  name                 = "rookery"
  installation         = "example"
  region               = var.region
  availability_zones   = ["${var.region}a", "${var.region}b"]
  domain               = "rookery.example.com"
  certificate_arn      = aws_acm_certificate.web.arn
  bucket_prefix        = "rookery-example"
  log_days             = var.log_days
  deletion_protection  = false
  secret_recovery_days = 0

  images = {
    api    = "registry.example.com/rookery/api:1.0.0"
    worker = "registry.example.com/rookery/worker:1.0.0"
  }
}

output "address" {
  description = "Name of the load balancer."
  value       = module.control_plane.address
}
