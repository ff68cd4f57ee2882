-- What the database itself decides, so that no two services can decide it differently.

-- The phase of a deployment, from what is wanted, what was made, and what its machine says.
CREATE FUNCTION deployment_phase(wanted desired_state, generation int, failed_generation int, reported runtime_state, reported_generation int,
  ever_ran boolean, machine_lost boolean) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE
    WHEN wanted = 'STOPPED' AND reported = 'STOPPED' AND reported_generation = generation THEN 'STOPPED'
    WHEN wanted = 'RUNNING' AND reported = 'RUNNING' AND reported_generation = generation THEN
      CASE WHEN machine_lost THEN 'DEGRADED' ELSE 'RUNNING' END
    WHEN wanted = 'RUNNING' AND reported = 'ASLEEP' AND reported_generation = generation THEN 'ASLEEP'
    WHEN failed_generation = generation THEN 'FAILED'
    WHEN wanted = 'DELETED' THEN 'DELETING'
    WHEN wanted = 'STOPPED' THEN 'STOPPING'
    WHEN reported = 'FAILED' AND reported_generation = generation THEN 'FAILED'
    WHEN reported = 'EXITED' AND reported_generation = generation THEN 'DEGRADED'
    WHEN reported = 'RUNNING' THEN 'UPDATING'
    WHEN ever_ran THEN 'STARTING'
    ELSE 'CREATING'
  END;

-- security_invoker: whoever reads it sees the rows that the tables below would show her.
CREATE VIEW deployment_states WITH (security_invoker = true) AS
  SELECT d.organization_id, d.id, d.project_id, d.name, d.slug, d.plan_id, d.region_id, d.durability, d.state, d.generation, d.policy_revision,
    d.version, d.deletion_protection, d.quotas, d.created_at, d.updated_at, p.phase,
    CASE p.phase
      WHEN 'FAILED' THEN coalesce(CASE WHEN i.failed_generation = d.generation THEN i.failure_message END, r.problem_message)
      WHEN 'DEGRADED' THEN CASE WHEN m.lost_at IS NOT NULL THEN 'Its machine has stopped reporting; the broker goes on by itself.' ELSE r.problem_message END
    END AS phase_reason,
    i.machine_id, i.spec, m.host, m.domain, m.shared_mqtts_port, m.shared_wss_port, coalesce(r.applied_revision, 0) AS applied_revision, r.isolation,
    CASE WHEN r.state = 'RUNNING' THEN r.started_at END AS started_at,
    r.sample_at, r.counters, r.gauges, r.previous_at, r.previous_counters
  FROM deployments d
  LEFT JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id
  LEFT JOIN deployment_reports r ON r.organization_id = d.organization_id AND r.deployment_id = d.id
  LEFT JOIN machines m ON m.id = i.machine_id
  CROSS JOIN LATERAL (SELECT deployment_phase(d.state, d.generation, i.failed_generation, r.state, r.generation,
    r.first_running_at IS NOT NULL, m.lost_at IS NOT NULL) AS phase) p;

-- Notifications: ids only, `<subject> <organization or machine> <id>`. They hint; whoever hears one reads the truth from the tables.
CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
  PERFORM pg_notify('rookery', format('%s %s %s', TG_ARGV[0], changed ->> 'organization_id', changed ->> TG_ARGV[1]));
  RETURN NULL;
END $$;
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON deployments FOR EACH ROW EXECUTE FUNCTION notify_change('deployment', 'id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON deployment_infrastructure FOR EACH ROW EXECUTE FUNCTION notify_change('deployment', 'deployment_id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON operations FOR EACH ROW EXECUTE FUNCTION notify_change('operation', 'id');
CREATE TRIGGER notify_state AFTER UPDATE ON deployment_reports FOR EACH ROW
  WHEN ((OLD.state, OLD.generation, OLD.incarnation, OLD.applied_revision, OLD.problem_message)
    IS DISTINCT FROM (NEW.state, NEW.generation, NEW.incarnation, NEW.applied_revision, NEW.problem_message))
  EXECUTE FUNCTION notify_change('deployment', 'deployment_id');
CREATE TRIGGER notify_first AFTER INSERT ON deployment_reports FOR EACH ROW EXECUTE FUNCTION notify_change('deployment', 'deployment_id');
CREATE TRIGGER notify_sample AFTER UPDATE ON deployment_reports FOR EACH ROW WHEN (OLD.sample_at IS DISTINCT FROM NEW.sample_at)
  EXECUTE FUNCTION notify_change('metrics', 'deployment_id');

-- A machine that is lost or found again changes the phase of all that run on it.
CREATE FUNCTION notify_machine_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM pg_notify('rookery', format('deployment %s %s', organization_id, deployment_id)) FROM deployment_infrastructure WHERE machine_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER notify AFTER UPDATE ON machines FOR EACH ROW WHEN (OLD.lost_at IS DISTINCT FROM NEW.lost_at) EXECUTE FUNCTION notify_machine_change();

-- Appends a pointer for the machine's stream. The lock is held to the end of the transaction, so cursors appear in the order of
-- commits and a reader that goes on from its cursor misses none. Call it last: others wait here.
CREATE FUNCTION append_policy_change(organization uuid, deployment uuid, change text) RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtext('policy_changes'));
  INSERT INTO policy_changes (organization_id, deployment_id, kind) VALUES (organization, deployment, change);
  SELECT pg_notify('rookery', format('machine %s %s', machine_id, deployment))
    FROM deployment_infrastructure WHERE organization_id = organization AND deployment_id = deployment AND machine_id IS NOT NULL;
$$;

-- The policy of a deployment has changed.
CREATE FUNCTION bump_policy(organization uuid, deployment uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE deployments SET policy_revision = policy_revision + 1, version = version + 1, updated_at = now()
    WHERE organization_id = organization AND id = deployment;
  SELECT append_policy_change(organization, deployment, 'policy');
$$;

-- Somebody must look at this deployment. A claim that runs keeps its term: its holder sees that more is wanted and looks again.
CREATE FUNCTION want_reconcile(organization uuid, deployment uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO reconciliations AS r (organization_id, deployment_id, due_at) VALUES (organization, deployment, now())
  ON CONFLICT (organization_id, deployment_id) DO UPDATE SET wanted = r.wanted + 1,
    due_at = CASE WHEN r.claimed_at IS NOT NULL AND r.due_at > now() THEN r.due_at ELSE now() END;
$$;

-- Removes what has had its time. Called by the resync.
CREATE FUNCTION sweep_expired() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS $$
  UPDATE idempotency_keys SET sealed_secret = NULL WHERE sealed_secret IS NOT NULL AND created_at < now() - interval '10 minutes';
  DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours';
  DELETE FROM metric_samples WHERE at < now() - interval '48 hours';
  DELETE FROM log_in_sessions WHERE expire < now();
  DELETE FROM setup_links WHERE expires_at < now();
  DELETE FROM rate_limits WHERE expire < extract(epoch FROM now()) * 1000;
  DELETE FROM policy_changes WHERE created_at < now() - interval '7 days';
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT SELECT ON deployment_states TO rookery_api;
GRANT EXECUTE ON FUNCTION deployment_phase(desired_state, int, int, runtime_state, int, boolean, boolean), append_policy_change(uuid, uuid, text),
  want_reconcile(uuid, uuid) TO rookery_api, rookery_provisioner;
GRANT EXECUTE ON FUNCTION bump_policy(uuid, uuid) TO rookery_api;
GRANT EXECUTE ON FUNCTION sweep_expired() TO rookery_provisioner;
