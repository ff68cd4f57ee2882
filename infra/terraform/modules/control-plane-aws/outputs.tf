output "address" {
  description = "Name of the load balancer; the domain is to point at it."
  value       = aws_lb.web.dns_name
}

output "machines_address" {
  description = "Name of the load balancer for machines, at which machines_domain is to point; null without one."
  value       = one([for balancer in aws_lb.machines : balancer.dns_name])
}

output "database_address" {
  description = "Host of PostgreSQL, reached by the services only."
  value       = aws_db_instance.database.address
}

output "secret_arns" {
  description = "The secrets an operator fills before the services can start."
  value       = { for key, secret in aws_secretsmanager_secret.service : key => secret.arn }
}

output "bucket_names" {
  description = "Buckets of Terraform's states and of exports."
  value       = { for key, bucket in aws_s3_bucket.store : key => bucket.id }
}

output "kms_key_arn" {
  description = "Key of the installation."
  value       = aws_kms_key.installation.arn
}

output "cluster_name" {
  description = "Cluster of the services."
  value       = aws_ecs_cluster.services.name
}
