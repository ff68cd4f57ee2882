# Beside the example: what a trial says besides.
variable "tasks" {
  type    = number
  default = 0
}

output "database_address" {
  value = module.control_plane.database_address
}

output "secret_arns" {
  value = module.control_plane.secret_arns
}
