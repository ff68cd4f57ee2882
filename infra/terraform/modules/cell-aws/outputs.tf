output "address" {
  description = "Name of the load balancer."
  value       = aws_lb.devices.dns_name
}

output "name_pattern" {
  description = "Deployments of this cell answer at names of this pattern."
  value       = aws_route53_record.deployments.name
}

output "secret_arn" {
  description = "The secret an operator fills: join token, wildcard certificate and key."
  value       = module.machine.secret_arn
}

output "instance_id" {
  description = "Id of the machine."
  value       = module.machine.instance_id
}

output "data_volume_id" {
  description = "Id of the volume with the deployments' data."
  value       = module.machine.data_volume_id
}

output "vpc_id" {
  description = "Network; dedicated machines can stand in it."
  value       = module.network.vpc_id
}

output "public_subnet_ids" {
  description = "Subnets for dedicated machines, one in each zone."
  value       = module.network.public_subnet_ids
}

output "way_out_address" {
  description = "Public address of what the cell calls."
  value       = module.network.way_out_address
}
