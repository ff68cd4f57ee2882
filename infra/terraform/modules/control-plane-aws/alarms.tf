# Figures that the worker publishes (ROOKERY_CLOUDWATCH), and what wakes an operator.
locals {
  alarms = var.metrics == null ? {} : {
    "queue-waits"     = { metric = "QueueWait", above = 60, minutes = 5, description = "What is due is not looked at: no worker works, or too few" }
    "operation-stuck" = { metric = "OperationsStuck", above = 0, minutes = 10, description = "An operation is open for longer than ten tries take" }
    "machine-lost"    = { metric = "MachinesLost", above = 0, minutes = 5, description = "A machine has stopped reporting" }
  }
}

resource "aws_cloudwatch_metric_alarm" "control_plane" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = var.metrics.namespace
  metric_name         = each.value.metric
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = each.value.minutes
  # Who publishes nothing is dead.
  treat_missing_data = "breaching"
  alarm_actions      = var.metrics.topic_arns
  ok_actions         = var.metrics.topic_arns
  tags               = local.tags
}
