-- A machine's report of one deployment asks about that one. The policies read all placements of the machine instead, for each
-- statement: with ten thousand of them a report of a thousand took half a minute, was given up, and was sent again.
DO $$
DECLARE
  t text;
  here CONSTANT text := 'EXISTS (SELECT FROM deployment_infrastructure i WHERE i.deployment_id = %1$I.%2$I AND i.machine_id = current_machine())';
BEGIN
  EXECUTE format('ALTER POLICY machine ON %1$I USING (' || here || ')', 'deployments', 'id');
  FOREACH t IN ARRAY ARRAY['credentials', 'access_rules', 'policy_changes'] LOOP
    EXECUTE format('ALTER POLICY machine ON %1$I USING (' || here || ')', t, 'deployment_id');
  END LOOP;
  FOREACH t IN ARRAY ARRAY['deployment_reports', 'metric_samples', 'usage_meters', 'reconciliations'] LOOP
    EXECUTE format('ALTER POLICY machine ON %1$I USING (' || here || ') WITH CHECK (' || here || ')', t, 'deployment_id');
  END LOOP;
END $$;
