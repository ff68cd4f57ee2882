ALTER TABLE "deployment_infrastructure" ADD COLUMN "broker_version" text;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "broker_version" text;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "auto_upgrade" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "runtime_version" text;--> statement-breakpoint
ALTER TABLE "deployment_reports" ADD COLUMN "broker_version" text;--> statement-breakpoint
-- Who updates a checkout and starts again wants what is new.
UPDATE deployments SET auto_upgrade = true WHERE plan_id = 'LOCAL';--> statement-breakpoint
-- An upgrade that nobody asked for is written down when it is found.
GRANT INSERT ON operations TO rookery_provisioner;--> statement-breakpoint
CREATE OR REPLACE VIEW deployment_states WITH (security_invoker = true) AS
  SELECT d.organization_id, d.id, d.project_id, d.name, d.slug, d.plan_id, d.region_id, d.durability, d.state, d.generation, d.policy_revision,
    d.version, d.deletion_protection, d.quotas, d.created_at, d.updated_at, p.phase,
    CASE p.phase
      WHEN 'FAILED' THEN coalesce(CASE WHEN i.failed_generation = d.generation THEN i.failure_message END, r.problem_message)
      WHEN 'DEGRADED' THEN CASE WHEN m.lost_at IS NOT NULL THEN 'Its machine has stopped reporting; the broker goes on by itself.' ELSE r.problem_message END
    END AS phase_reason,
    i.machine_id, i.spec, m.host, m.domain, m.shared_mqtts_port, m.shared_wss_port, coalesce(r.applied_revision, 0) AS applied_revision, r.isolation,
    CASE WHEN r.state = 'RUNNING' THEN r.started_at END AS started_at,
    r.sample_at, r.counters, r.gauges, r.previous_at, r.previous_counters,
    d.sleep_after_seconds, CASE WHEN r.state = 'ASLEEP' THEN r.asleep_since END AS asleep_since,
    CASE WHEN r.state = 'ASLEEP' THEN r.next_wake_at END AS next_wake_at,
    coalesce(r.wake_count, 0) AS wake_count, r.last_wake_at, r.last_wake_cause, r.last_wake_ms, d.expires_at,
    r.broker_version, m.runtime_version AS available_broker_version, d.auto_upgrade
  FROM deployments d
  LEFT JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id
  LEFT JOIN deployment_reports r ON r.organization_id = d.organization_id AND r.deployment_id = d.id
  LEFT JOIN machines m ON m.id = i.machine_id
  CROSS JOIN LATERAL (SELECT deployment_phase(d.state, d.generation, i.failed_generation, r.state, r.generation,
    r.first_running_at IS NOT NULL, m.lost_at IS NOT NULL) AS phase) p;
