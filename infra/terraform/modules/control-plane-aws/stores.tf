resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "PostgreSQL, from the services"
  vpc_id      = module.network.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-database" })
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.services.id
  tags                         = local.tags
}

resource "aws_db_subnet_group" "database" {
  name       = var.name
  subnet_ids = module.network.private_subnet_ids
  tags       = local.tags
}

resource "aws_db_instance" "database" {
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.database.version
  instance_class = var.database.class
  db_name        = "rookery"
  username       = "rookery"
  # RDS makes the password and keeps it in a secret of its own.
  manage_master_user_password = true
  allocated_storage           = var.database.gib
  max_allocated_storage       = 4 * var.database.gib
  storage_type                = "gp3"
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.installation.arn
  publicly_accessible         = false
  multi_az                    = var.database.multi_az
  db_subnet_group_name        = aws_db_subnet_group.database.name
  vpc_security_group_ids      = [aws_security_group.database.id]
  backup_retention_period     = var.database.backup_days
  copy_tags_to_snapshot       = true
  auto_minor_version_upgrade  = true
  deletion_protection         = var.deletion_protection
  skip_final_snapshot         = !var.deletion_protection
  final_snapshot_identifier   = var.deletion_protection ? "${var.name}-last" : null
  tags                        = local.tags
}

resource "aws_security_group" "cache" {
  name        = "${var.name}-cache"
  description = "Valkey, from the services"
  vpc_id      = module.network.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-cache" })
}

resource "aws_vpc_security_group_ingress_rule" "cache" {
  security_group_id            = aws_security_group.cache.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  referenced_security_group_id = aws_security_group.services.id
  tags                         = local.tags
}

resource "aws_elasticache_subnet_group" "cache" {
  name       = var.name
  subnet_ids = module.network.private_subnet_ids
  tags       = local.tags
}

# Jobs must never be evicted; the parameter group of AWS evicts.
resource "aws_elasticache_parameter_group" "cache" {
  name        = var.name
  family      = "valkey8"
  description = "Evicts nothing"
  tags        = local.tags

  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
}

resource "aws_elasticache_replication_group" "cache" {
  replication_group_id       = var.name
  description                = "Jobs and streams of Rookery"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = var.cache_type
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  parameter_group_name       = aws_elasticache_parameter_group.cache.name
  subnet_group_name          = aws_elasticache_subnet_group.cache.name
  security_group_ids         = [aws_security_group.cache.id]
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.installation.arn
  transit_encryption_enabled = true
  snapshot_retention_limit   = 7
  tags                       = local.tags
}

resource "aws_s3_bucket" "store" {
  for_each = toset(["states", "exports"])

  bucket        = "${var.bucket_prefix}-${each.key}"
  force_destroy = !var.deletion_protection
  tags          = local.tags
}

resource "aws_s3_bucket_versioning" "store" {
  for_each = aws_s3_bucket.store

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "store" {
  for_each = aws_s3_bucket.store

  bucket = each.value.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.installation.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "store" {
  for_each = aws_s3_bucket.store

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "tls_only" {
  for_each = aws_s3_bucket.store

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [each.value.arn, "${each.value.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.store]
}

# A state that was removed leaves a mark of a few bytes, so that a worker that was away cannot bring it back. None is away for so long.
resource "aws_s3_bucket_lifecycle_configuration" "states" {
  bucket = aws_s3_bucket.store["states"].id

  rule {
    id     = "removed-states"
    status = "Enabled"

    filter {
      and {
        prefix                = "states/"
        object_size_less_than = 64
      }
    }

    expiration {
      days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.store]
}

# The worker removes the file of an export after 7 days. This removes what it could not, what is kept of older versions, and parts of
# files that a worker has left half written.
resource "aws_s3_bucket_lifecycle_configuration" "exports" {
  bucket = aws_s3_bucket.store["exports"].id

  rule {
    id     = "old-exports"
    status = "Enabled"

    filter {
      prefix = "exports/"
    }

    expiration {
      days = 9
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.store]
}
