output "instance_id" {
  description = "Id of the machine."
  value       = aws_instance.machine.id
}

output "data_volume_id" {
  description = "Id of the volume with the deployments' data."
  value       = aws_ebs_volume.data.id
}

output "secret_arn" {
  description = "The secret an operator fills: join token, certificate and key."
  value       = aws_secretsmanager_secret.machine.arn
}

output "role_arn" {
  description = "Role of the machine."
  value       = aws_iam_role.machine.arn
}

output "security_group_id" {
  description = "Security group of the machine."
  value       = aws_security_group.machine.id
}

output "user_data" {
  description = "What the machine runs when it boots; no secret."
  value       = local.user_data
}
