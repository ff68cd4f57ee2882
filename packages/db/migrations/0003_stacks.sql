CREATE TABLE "deployment_stacks" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"sealed_state" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployment_stacks_organization_id_deployment_id_pk" PRIMARY KEY("organization_id","deployment_id")
);
--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "docker" jsonb;--> statement-breakpoint
ALTER TABLE "deployment_stacks" ADD CONSTRAINT "deployment_stacks_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployment_stacks_deployment_id_index" ON "deployment_stacks" USING btree ("deployment_id");--> statement-breakpoint
ALTER TABLE deployment_stacks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY owner ON deployment_stacks TO current_user USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY organization ON deployment_stacks TO rookery_api USING (organization_id = current_organization()) WITH CHECK (organization_id = current_organization());--> statement-breakpoint
CREATE POLICY provisioner ON deployment_stacks TO rookery_provisioner USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_stacks TO rookery_provisioner;
