CREATE TYPE "public"."export_kind" AS ENUM('AUDIT_LOG', 'USAGE');--> statement-breakpoint
CREATE TYPE "public"."export_state" AS ENUM('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED');--> statement-breakpoint
CREATE TABLE "exports" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" "export_kind" NOT NULL,
	"range_from" timestamp with time zone NOT NULL,
	"range_to" timestamp with time zone NOT NULL,
	"state" "export_state" DEFAULT 'QUEUED' NOT NULL,
	"rows" bigint,
	"bytes" bigint,
	"sealed_key" text,
	"error_code" text,
	"error_message" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"claimed_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "exports_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "exports_id_index" ON "exports" USING btree ("id");--> statement-breakpoint
CREATE INDEX "exports_open_index" ON "exports" USING btree ("due_at") WHERE state IN ('QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "exports_failed_index" ON "exports" USING btree ("id") WHERE state = 'FAILED' AND claimed_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "exports_ready_index" ON "exports" USING btree ("expires_at") WHERE state = 'READY';--> statement-breakpoint
CREATE INDEX "audit_log_organization_id_at_id_index" ON "audit_log" USING btree ("organization_id","at","id");--> statement-breakpoint
ALTER TABLE exports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY owner ON exports TO current_user USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY organization ON exports TO rookery_api USING (organization_id = current_organization()) WITH CHECK (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY provisioner ON exports TO rookery_provisioner USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT, INSERT ON exports TO rookery_api;--> statement-breakpoint
GRANT SELECT ON exports TO rookery_provisioner;--> statement-breakpoint
GRANT UPDATE (state, rows, bytes, sealed_key, error_code, error_message, started_at, finished_at, expires_at, due_at, claimed_at, attempts)
  ON exports TO rookery_provisioner;--> statement-breakpoint
-- The worker serves all organizations, but what it puts into a file it reads as the one whose file it is: no slip shows another's rows.
CREATE POLICY export ON audit_log FOR SELECT TO rookery_provisioner USING (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY export ON metric_samples FOR SELECT TO rookery_provisioner USING (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY export ON usage_meters FOR SELECT TO rookery_provisioner USING (organization_id = current_organization());--> statement-breakpoint
GRANT SELECT ON audit_log, metric_samples, usage_meters TO rookery_provisioner;--> statement-breakpoint
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON exports FOR EACH ROW EXECUTE FUNCTION notify_change('export', 'id');--> statement-breakpoint
CREATE OR REPLACE FUNCTION locate(kind text, thing uuid, organizations uuid[]) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  RETURN (
    SELECT organization_id FROM (
      SELECT organization_id FROM deployments WHERE kind = 'deployment' AND id = thing
      UNION ALL SELECT organization_id FROM projects WHERE kind = 'project' AND id = thing
      UNION ALL SELECT organization_id FROM credentials WHERE kind = 'credential' AND id = thing
      UNION ALL SELECT organization_id FROM operations WHERE kind = 'operation' AND id = thing
      UNION ALL SELECT organization_id FROM api_keys WHERE kind = 'apiKey' AND id = thing
      UNION ALL SELECT organization_id FROM notices n WHERE locate.kind = 'notice' AND n.id = thing
      UNION ALL SELECT organization_id FROM exports e WHERE locate.kind = 'export' AND e.id = thing
      UNION ALL SELECT o.id FROM public.organizations o WHERE kind = 'organization' AND o.id = thing
    ) found
    WHERE organizations IS NULL OR organization_id = ANY (organizations)
  );
