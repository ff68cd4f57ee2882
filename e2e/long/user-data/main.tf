# A machine of its own, as cell-aws and dedicated-aws make one: for the user data that it is given.
variable "joins" {
  type = object({ url = string, region = string, cell = string, domain = string })
}

variable "image_id" {
  type = string
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnet" "one" {
  vpc_id            = data.aws_vpc.default.id
  availability_zone = "${var.region}a"
}

module "machine" {
  source = "./modules/machine-aws"

  name                 = "rig"
  installation         = "rig"
  vpc_id               = data.aws_vpc.default.id
  subnet_id            = data.aws_subnet.one.id
  availability_zone    = data.aws_subnet.one.availability_zone
  image_id             = var.image_id
  joins                = var.joins
  open_to_anywhere     = true
  final_snapshot       = false
  secret_recovery_days = 0
}

output "secret_arn" {
  value = module.machine.secret_arn
}

output "user_data" {
  value = module.machine.user_data
}
