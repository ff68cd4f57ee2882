CREATE TYPE "public"."notice_kind" AS ENUM('IDLE_STOP', 'IDLE_DELETE', 'EXPIRY');--> statement-breakpoint
CREATE TABLE "notices" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"kind" "notice_kind" NOT NULL,
	"lead_days" integer NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"dismissed_at" timestamp with time zone,
	CONSTRAINT "notices_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "notices_organization_id_deployment_id_kind_lead_days_unique" UNIQUE("organization_id","deployment_id","kind","lead_days")
);
--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "idle_stop_after_days" integer;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "idle_delete_after_days" integer;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "idle_stopped_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployment_reports" ADD COLUMN "active_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
UPDATE deployments SET idle_stop_after_days = 30, idle_delete_after_days = 30 WHERE plan_id = 'SERVERLESS';--> statement-breakpoint
-- Nobody counted until now: the time without use begins here.
UPDATE deployment_reports SET active_at = now();--> statement-breakpoint
-- A client is here, or one came, or a message: by what the runtime counted, whoever writes the report.
CREATE FUNCTION note_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_this_start jsonb := CASE WHEN TG_OP = 'UPDATE' THEN CASE WHEN OLD.sample_incarnation = NEW.sample_incarnation THEN OLD.counters END END;
BEGIN
  IF NEW.sample_at IS NOT NULL AND (
    (NEW.gauges ->> 'clients')::bigint > 0
    OR (NEW.counters ->> 'messagesReceived')::bigint > coalesce((of_this_start ->> 'messagesReceived')::bigint, 0)
    OR (NEW.counters ->> 'connectsAccepted')::bigint > coalesce((of_this_start ->> 'connectsAccepted')::bigint, 0)
  ) THEN NEW.active_at := greatest(NEW.active_at, NEW.sample_at); END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER note_activity BEFORE INSERT OR UPDATE OF sample_at ON deployment_reports FOR EACH ROW EXECUTE FUNCTION note_activity();--> statement-breakpoint
ALTER TABLE notices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY owner ON notices TO current_user USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY organization ON notices TO rookery_api USING (organization_id = current_organization()) WITH CHECK (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY provisioner ON notices TO rookery_provisioner USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT, UPDATE (dismissed_at) ON notices TO rookery_api;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON notices TO rookery_provisioner;--> statement-breakpoint
CREATE OR REPLACE FUNCTION locate(kind text, thing uuid, organizations uuid[]) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  RETURN (
    SELECT organization_id FROM (
      SELECT organization_id FROM deployments WHERE kind = 'deployment' AND id = thing
      UNION ALL SELECT organization_id FROM projects WHERE kind = 'project' AND id = thing
      UNION ALL SELECT organization_id FROM credentials WHERE kind = 'credential' AND id = thing
      UNION ALL SELECT organization_id FROM operations WHERE kind = 'operation' AND id = thing
      UNION ALL SELECT organization_id FROM api_keys WHERE kind = 'apiKey' AND id = thing
      UNION ALL SELECT organization_id FROM notices n WHERE locate.kind = 'notice' AND n.id = thing
      UNION ALL SELECT o.id FROM public.organizations o WHERE kind = 'organization' AND o.id = thing
    ) found
    WHERE organizations IS NULL OR organization_id = ANY (organizations)
  );--> statement-breakpoint
-- Nobody has used it for as long as its plan allows: it is stopped, or deleted after that stop, with an operation to follow. False:
-- somebody was faster, or it is protected.
CREATE FUNCTION end_idle_deployment(organization uuid, deployment uuid, seen_generation int, operation uuid, subject text, kind notice_kind, at timestamptz)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
DECLARE
  ended deployments;
  stops CONSTANT boolean := kind = 'IDLE_STOP';
BEGIN
  UPDATE deployments d SET state = CASE WHEN stops THEN 'STOPPED' ELSE 'DELETED' END::desired_state, generation = d.generation + 1,
      version = d.version + 1, updated_at = now(), idle_stopped_at = CASE WHEN stops THEN at ELSE d.idle_stopped_at END
    WHERE d.organization_id = organization AND d.id = deployment AND d.generation = seen_generation AND NOT d.deletion_protection
    AND kind IN ('IDLE_STOP', 'IDLE_DELETE') RETURNING d.* INTO ended;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE operations SET state = 'CANCELLED', finished_at = now(), error_code = 'CANCELLED', error_message = 'Overtaken by a newer wish'
    WHERE organization_id = organization AND deployment_id = deployment AND state IN ('PENDING', 'RUNNING');
  INSERT INTO operations (organization_id, id, deployment_id, deployment_name, generation, verb, requested_by)
    VALUES (organization, operation, deployment, ended.name, ended.generation, CASE WHEN stops THEN 'STOP' ELSE 'DELETE' END::operation_verb, 'IDLE');
  INSERT INTO audit_log (organization_id, actor, context, action, subject, after)
    VALUES (organization, 'idle', 'api', CASE WHEN stops THEN 'stopDeployment' ELSE 'deleteDeployment' END, end_idle_deployment.subject,
      jsonb_build_object('state', ended.state));
  PERFORM want_reconcile(organization, deployment);
  RETURN true;
END $$;--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION end_idle_deployment(uuid, uuid, int, uuid, text, notice_kind, timestamptz), note_activity() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION end_idle_deployment(uuid, uuid, int, uuid, text, notice_kind, timestamptz) TO rookery_provisioner;
