output "vpc_id" {
  description = "Id of the network."
  value       = aws_vpc.network.id
}

output "cidr" {
  description = "Its IPv4 range."
  value       = aws_vpc.network.cidr_block
}

output "public_subnet_ids" {
  description = "Two subnets with a route to the internet, one in each zone."
  value       = [for key in ["a", "b"] : aws_subnet.public[key].id]
}

output "private_subnet_ids" {
  description = "Two subnets whose way out is the address translator, one in each zone."
  value       = [for key in ["a", "b"] : aws_subnet.private[key].id]
}

output "way_out_address" {
  description = "Public address that others see when a private subnet calls them."
  value       = aws_eip.way_out.public_ip
}
