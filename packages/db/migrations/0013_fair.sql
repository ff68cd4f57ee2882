ALTER TABLE "machines" ADD COLUMN "processors" integer DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "awaited_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "reconciliations_organization_id_due_at_index" ON "reconciliations" USING btree ("organization_id","due_at") WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "reconciliations_under_way_index" ON "reconciliations" USING btree ("organization_id") WHERE claimed_at IS NOT NULL OR awaited_since IS NOT NULL;--> statement-breakpoint
-- The next due deployment: of the organization for which least is under way, what is half done before what is new, then the one that
-- waits longest. An organization may have as much under way as the machines have processors, and half of that while another wants
-- something too; what takes longer than its time is in nobody's way any more. Left out are organizations that fill the caller's places.
-- Every step goes by an index, however much is due.
CREATE FUNCTION claim_next(left_out uuid[], claim_time interval, awaited_time interval)
RETURNS TABLE (organization_id uuid, deployment_id uuid, wanted int, attempts int)
LANGUAGE plpgsql VOLATILE SET search_path = public SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  places int;
  one record;
  found_id uuid;
BEGIN
  -- Those who claim follow one another, so that no two take the last place. The time counts from here: what was wanted while this
  -- waited is due.
  PERFORM pg_advisory_xact_lock(hashtext('reconciliations'));
  moment := clock_timestamp();
  -- Several agents of one machine are one machine.
  SELECT greatest(2, coalesce(sum(m.processors), 0)) INTO places
    FROM (SELECT max(processors) AS processors FROM machines WHERE lost_at IS NULL AND revoked_at IS NULL GROUP BY host) m;
  FOR one IN
    WITH RECURSIVE asking AS (
      (SELECT r.organization_id AS id FROM reconciliations r WHERE r.due_at IS NOT NULL ORDER BY r.organization_id LIMIT 1)
      UNION ALL
      SELECT (SELECT r.organization_id FROM reconciliations r WHERE r.due_at IS NOT NULL AND r.organization_id > a.id ORDER BY r.organization_id LIMIT 1)
      FROM asking a WHERE a.id IS NOT NULL
    ), due AS (
      SELECT a.id, d.due_at AS since FROM asking a CROSS JOIN LATERAL (
        SELECT r.due_at FROM reconciliations r WHERE r.organization_id = a.id AND r.due_at <= moment ORDER BY r.due_at LIMIT 1
      ) d
    ), under_way AS (
      SELECT r.organization_id AS id, count(*)::int AS count FROM reconciliations r
      WHERE (r.claimed_at IS NOT NULL OR r.awaited_since IS NOT NULL)
        AND (r.claimed_at IS NOT NULL AND r.due_at > moment OR r.awaited_since > moment - awaited_time)
      GROUP BY r.organization_id
    )
    SELECT d.id, coalesce(u.count, 0) AS count,
      CASE WHEN (SELECT count(*) FROM (SELECT id FROM due UNION SELECT id FROM under_way) o) > 1 THEN greatest(1, places / 2) ELSE places END AS places
    FROM due d LEFT JOIN under_way u ON u.id = d.id WHERE d.id <> ALL (left_out) ORDER BY 2, d.since
  LOOP
    SELECT r.deployment_id INTO found_id FROM reconciliations r
      WHERE r.organization_id = one.id AND r.awaited_since IS NOT NULL AND r.due_at <= moment ORDER BY r.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND AND one.count < one.places THEN
      SELECT r.deployment_id INTO found_id FROM reconciliations r
        WHERE r.organization_id = one.id AND r.due_at <= moment ORDER BY r.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF found_id IS NOT NULL THEN
      RETURN QUERY UPDATE reconciliations r SET claimed_at = moment, due_at = moment + claim_time
        WHERE r.organization_id = one.id AND r.deployment_id = found_id RETURNING r.organization_id, r.deployment_id, r.wanted, r.attempts;
      RETURN;
    END IF;
  END LOOP;
END $$;--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION claim_next(uuid[], interval, interval) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION claim_next(uuid[], interval, interval) TO rookery_provisioner;
