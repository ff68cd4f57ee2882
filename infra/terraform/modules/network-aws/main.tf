locals {
  tags = merge(var.tags, { "rookery:installation" = var.installation })
  # Keys are known before the zones are.
  zones = { a = var.availability_zones[0], b = var.availability_zones[1] }
}

resource "aws_vpc" "network" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = merge(local.tags, { Name = var.name })
}

# What is made without a security group gets this one: it lets nothing in and nothing out.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.network.id
  tags   = merge(local.tags, { Name = "${var.name}-closed" })
}

resource "aws_internet_gateway" "internet" {
  vpc_id = aws_vpc.network.id
  tags   = merge(local.tags, { Name = var.name })
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id                  = aws_vpc.network.id
  availability_zone       = each.value
  cidr_block              = cidrsubnet(var.cidr, 4, index(keys(local.zones), each.key))
  map_public_ip_on_launch = false
  tags                    = merge(local.tags, { Name = "${var.name}-public-${each.key}" })
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id                  = aws_vpc.network.id
  availability_zone       = each.value
  cidr_block              = cidrsubnet(var.cidr, 4, 2 + index(keys(local.zones), each.key))
  map_public_ip_on_launch = false
  tags                    = merge(local.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.network.id
  tags   = merge(local.tags, { Name = "${var.name}-public" })
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.internet.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

# One way out for what has no public address. A second one would cost as much again for a zone's failure, which also
# takes the machine with it.
resource "aws_eip" "way_out" {
  domain = "vpc"
  tags   = merge(local.tags, { Name = "${var.name}-way-out" })
}

resource "aws_nat_gateway" "way_out" {
  allocation_id = aws_eip.way_out.id
  subnet_id     = aws_subnet.public["a"].id
  tags          = merge(local.tags, { Name = var.name })

  depends_on = [aws_route.public]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.network.id
  tags   = merge(local.tags, { Name = "${var.name}-private" })
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.way_out.id
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}
