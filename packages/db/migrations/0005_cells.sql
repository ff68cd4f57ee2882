ALTER TABLE "deployments" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "cells" ADD COLUMN "weight" integer DEFAULT 100 NOT NULL;--> statement-breakpoint
ALTER TABLE "cells" ADD COLUMN "full" boolean DEFAULT false NOT NULL;--> statement-breakpoint
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
    coalesce(r.wake_count, 0) AS wake_count, r.last_wake_at, r.last_wake_cause, r.last_wake_ms, d.expires_at
  FROM deployments d
  LEFT JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id
  LEFT JOIN deployment_reports r ON r.organization_id = d.organization_id AND r.deployment_id = d.id
  LEFT JOIN machines m ON m.id = i.machine_id
  CROSS JOIN LATERAL (SELECT deployment_phase(d.state, d.generation, i.failed_generation, r.state, r.generation,
    r.first_running_at IS NOT NULL, m.lost_at IS NOT NULL) AS phase) p;--> statement-breakpoint
-- How many deployments a machine has: a number, and nothing of any tenant.
CREATE FUNCTION deployments_on(machine uuid) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  RETURN (SELECT count(*)::int FROM deployment_infrastructure WHERE machine_id = machine);--> statement-breakpoint
-- What an operator must look at, of all organizations: what failed, what is tried again and again, what takes too long.
CREATE FUNCTION deployments_in_trouble(rows_max int) RETURNS TABLE (
  organization_id uuid, organization_name text, deployment_id uuid, deployment_name text, phase text, reason text, verb text, attempts int,
  last_error text, next_try_at timestamptz, since timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT s.organization_id, o.name, s.id, s.name, s.phase, s.phase_reason, newest.verb::text, coalesce(r.attempts, 0), r.last_error,
    CASE WHEN r.attempts > 0 THEN r.due_at END, coalesce(newest.started_at, newest.created_at, s.updated_at)
  FROM deployment_states s
  JOIN organizations o ON o.id = s.organization_id
  LEFT JOIN reconciliations r ON r.organization_id = s.organization_id AND r.deployment_id = s.id
  LEFT JOIN LATERAL (
    SELECT p.verb, p.state, p.created_at, p.started_at FROM operations p
    WHERE p.organization_id = s.organization_id AND p.deployment_id = s.id ORDER BY p.created_at DESC LIMIT 1
  ) newest ON true
  WHERE s.phase = 'FAILED' OR r.attempts > 0
    OR (newest.state IN ('PENDING', 'RUNNING') AND newest.created_at < now() - interval '1 minute')
  ORDER BY 11, s.id LIMIT rows_max
$$;--> statement-breakpoint
-- Its time is over: it is wished away as by its owner, with an operation to follow. False: somebody was faster, or it was put off.
CREATE FUNCTION expire_deployment(organization uuid, deployment uuid, operation uuid, subject text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
DECLARE expired deployments;
BEGIN
  UPDATE deployments SET state = 'DELETED', generation = generation + 1, version = version + 1, updated_at = now()
    WHERE organization_id = organization AND id = deployment AND expires_at <= now() AND state <> 'DELETED' AND NOT deletion_protection
    RETURNING * INTO expired;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE operations SET state = 'CANCELLED', finished_at = now(), error_code = 'CANCELLED', error_message = 'Overtaken by a newer wish'
    WHERE organization_id = organization AND deployment_id = deployment AND state IN ('PENDING', 'RUNNING');
  INSERT INTO operations (organization_id, id, deployment_id, deployment_name, generation, verb, requested_by)
    VALUES (organization, operation, deployment, expired.name, expired.generation, 'DELETE', 'its expiry');
  INSERT INTO audit_log (organization_id, actor, context, action, subject, after)
    VALUES (organization, 'expiry', 'api', 'deleteDeployment', expire_deployment.subject, jsonb_build_object('expiresAt', expired.expires_at));
  PERFORM want_reconcile(organization, deployment);
  RETURN true;
END $$;--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION deployments_on(uuid), deployments_in_trouble(int), expire_deployment(uuid, uuid, uuid, text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION deployments_on(uuid), deployments_in_trouble(int) TO rookery_api;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION expire_deployment(uuid, uuid, uuid, text) TO rookery_provisioner;
