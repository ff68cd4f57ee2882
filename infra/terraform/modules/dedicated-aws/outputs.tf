output "address" {
  description = "Public address of the deployment."
  value       = aws_eip.machine.public_ip
}

output "secret_arn" {
  description = "The secret an operator fills: join token, certificate and key."
  value       = module.machine.secret_arn
}

output "instance_id" {
  description = "Id of the machine."
  value       = module.machine.instance_id
}

output "data_volume_id" {
  description = "Id of the volume with the deployment's data."
  value       = module.machine.data_volume_id
}
