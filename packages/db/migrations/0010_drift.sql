CREATE TYPE "public"."drift_kind" AS ENUM('MISSING', 'CHANGED');--> statement-breakpoint
CREATE TABLE "deployment_drift" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"kind" "drift_kind" NOT NULL,
	"attributes" text[] DEFAULT '{}' NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployment_drift_organization_id_deployment_id_pk" PRIMARY KEY("organization_id","deployment_id")
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orphans" (
	"id" text PRIMARY KEY NOT NULL,
	"deployment_id" text NOT NULL,
	"reason" text NOT NULL,
	"removed" boolean NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deployment_drift" ADD CONSTRAINT "deployment_drift_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE deployment_drift ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY owner ON deployment_drift TO current_user USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY organization ON deployment_drift TO rookery_api USING (organization_id = current_organization()) WITH CHECK (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY provisioner ON deployment_drift TO rookery_provisioner USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT ON deployment_drift, orphans TO rookery_api;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_drift, orphans TO rookery_provisioner;--> statement-breakpoint
INSERT INTO installation DEFAULT VALUES;--> statement-breakpoint
GRANT SELECT ON installation TO rookery_provisioner;--> statement-breakpoint
-- What a comparison found is put right as by its owner's wish: the same state anew, with an operation to follow. False: something
-- is being done with it already, or this was tried within the hour.
CREATE FUNCTION heal_deployment(organization uuid, deployment uuid, seen_generation int, operation uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
DECLARE healed deployments;
BEGIN
  UPDATE deployments d SET generation = d.generation + 1, version = d.version + 1, updated_at = now()
    WHERE d.organization_id = organization AND d.id = deployment AND d.generation = seen_generation AND d.state <> 'DELETED'
    AND NOT EXISTS (
      SELECT FROM operations o WHERE o.organization_id = organization AND o.deployment_id = deployment
      AND (o.state IN ('PENDING', 'RUNNING') OR (o.requested_by = 'comparison' AND o.created_at > now() - interval '1 hour'))
    ) RETURNING d.* INTO healed;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO operations (organization_id, id, deployment_id, deployment_name, generation, verb, requested_by)
    VALUES (organization, operation, deployment, healed.name, healed.generation,
      CASE healed.state WHEN 'STOPPED' THEN 'STOP' ELSE 'REPAIR' END::operation_verb, 'comparison');
  PERFORM want_reconcile(organization, deployment);
  RETURN true;
END $$;--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION heal_deployment(uuid, uuid, int, uuid) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION heal_deployment(uuid, uuid, int, uuid) TO rookery_provisioner;
