-- Who may see what. A transaction says for whom it acts (an organization, a person, a machine); without that it sees nothing.
-- The roles rookery_api, rookery_provisioner and rookery_jobs are made by migrate.ts before this runs.

CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('app.organization_id', true), '')::uuid;
CREATE FUNCTION current_person() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('app.person_id', true), '')::uuid;
CREATE FUNCTION current_machine() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('app.machine_id', true), '')::uuid;

-- Every tenant table: rows of the organization the transaction acts for. The owner keeps access under FORCE for migrations
-- and for the functions below that run with its rights.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['organizations', 'memberships', 'projects', 'api_keys', 'idempotency_keys', 'audit_log', 'deployments',
    'deployment_infrastructure', 'machine_ports', 'deployment_reports', 'metric_samples', 'usage_meters', 'credentials', 'access_rules',
    'operations', 'reconciliations', 'policy_changes']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY owner ON %I TO %I USING (true) WITH CHECK (true)', t, current_user);
    EXECUTE format('CREATE POLICY organization ON %1$I TO rookery_api USING (%2$I = current_organization()) WITH CHECK (%2$I = current_organization())',
      t, CASE t WHEN 'organizations' THEN 'id' ELSE 'organization_id' END);
  END LOOP;
END $$;

-- A person finds the organizations that she is a member of.
CREATE POLICY own_memberships ON memberships FOR SELECT TO rookery_api USING (person_id = current_person());
CREATE POLICY member ON organizations FOR SELECT TO rookery_api
  USING (id IN (SELECT organization_id FROM memberships WHERE person_id = current_person()));

-- A machine's stream and reports reach the deployments that are placed on it, and no other.
CREATE POLICY machine ON deployment_infrastructure FOR SELECT TO rookery_api USING (machine_id = current_machine());
DO $$
DECLARE
  t text;
  here CONSTANT text := '%1$s IN (SELECT i.deployment_id FROM deployment_infrastructure i WHERE i.machine_id = current_machine())';
BEGIN
  EXECUTE format('CREATE POLICY machine ON deployments FOR SELECT TO rookery_api USING (' || here || ')', 'id');
  FOREACH t IN ARRAY ARRAY['credentials', 'access_rules', 'policy_changes'] LOOP
    EXECUTE format('CREATE POLICY machine ON ' || t || ' FOR SELECT TO rookery_api USING (' || here || ')', 'deployment_id');
  END LOOP;
  FOREACH t IN ARRAY ARRAY['deployment_reports', 'metric_samples', 'usage_meters', 'reconciliations'] LOOP
    EXECUTE format('CREATE POLICY machine ON ' || t || ' TO rookery_api USING (' || here || ') WITH CHECK (' || here || ')', 'deployment_id');
  END LOOP;
END $$;

-- The provisioner works for all organizations; what it may do to which table is in the grants.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['deployments', 'deployment_infrastructure', 'machine_ports', 'deployment_reports', 'operations', 'reconciliations', 'policy_changes']
  LOOP
    EXECUTE format('CREATE POLICY provisioner ON %I TO rookery_provisioner USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO rookery_api, rookery_provisioner;
GRANT EXECUTE ON FUNCTION current_organization(), current_person(), current_machine() TO rookery_api, rookery_provisioner;

GRANT SELECT, INSERT ON people, organizations, memberships, projects TO rookery_api;
GRANT SELECT, INSERT, DELETE ON api_keys TO rookery_api;
GRANT SELECT, INSERT, UPDATE (resource_id, operation_id, sealed_secret) ON idempotency_keys TO rookery_api;
GRANT INSERT ON audit_log TO rookery_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON log_in_sessions, rate_limits TO rookery_api;
GRANT SELECT, INSERT, DELETE ON setup_links TO rookery_api;
GRANT SELECT, INSERT, UPDATE ON deployments, reconciliations, deployment_reports, metric_samples, usage_meters TO rookery_api;
GRANT SELECT ON deployment_infrastructure TO rookery_api;
GRANT SELECT, INSERT, UPDATE (state, finished_at, error_code, error_message) ON operations TO rookery_api;
GRANT SELECT, INSERT, DELETE ON credentials, access_rules TO rookery_api;
GRANT SELECT, INSERT ON policy_changes TO rookery_api;
GRANT SELECT, INSERT, UPDATE ON regions, cells, machines TO rookery_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON machine_streams TO rookery_api;

GRANT SELECT, DELETE ON deployments TO rookery_provisioner;
GRANT SELECT ON deployment_reports, regions, cells, machines TO rookery_provisioner;
GRANT UPDATE (lost_at) ON machines TO rookery_provisioner;
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_infrastructure, machine_ports, reconciliations TO rookery_provisioner;
GRANT SELECT, UPDATE ON operations TO rookery_provisioner;
GRANT SELECT, INSERT ON policy_changes TO rookery_provisioner;

-- The organization of a thing, looked for only among those given; null says "not there" whatever the reason. No list means
-- all of them: the operator's.
CREATE FUNCTION locate(kind text, thing uuid, organizations uuid[]) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  RETURN (
    SELECT organization_id FROM (
      SELECT organization_id FROM deployments WHERE kind = 'deployment' AND id = thing
      UNION ALL SELECT organization_id FROM projects WHERE kind = 'project' AND id = thing
      UNION ALL SELECT organization_id FROM credentials WHERE kind = 'credential' AND id = thing
      UNION ALL SELECT organization_id FROM operations WHERE kind = 'operation' AND id = thing
      UNION ALL SELECT organization_id FROM api_keys WHERE kind = 'apiKey' AND id = thing
      UNION ALL SELECT o.id FROM public.organizations o WHERE kind = 'organization' AND o.id = thing
    ) found
    WHERE organizations IS NULL OR organization_id = ANY (organizations)
  );
GRANT EXECUTE ON FUNCTION locate(text, uuid, uuid[]) TO rookery_api;

-- Who bears this API key; notes the use at most once a minute.
CREATE FUNCTION authenticate_api_key(key_hash text)
RETURNS TABLE (id uuid, organization_id uuid, person_id uuid, is_operator boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS $$
  UPDATE api_keys SET last_used_at = now() WHERE hash = key_hash AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute');
  SELECT k.id, k.organization_id, k.created_by, p.is_operator FROM api_keys k JOIN people p ON p.id = k.created_by WHERE k.hash = key_hash;
$$;
GRANT EXECUTE ON FUNCTION authenticate_api_key(text) TO rookery_api;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only written to, never changed';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
