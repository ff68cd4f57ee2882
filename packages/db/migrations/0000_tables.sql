CREATE TYPE "public"."desired_state" AS ENUM('RUNNING', 'STOPPED', 'DELETED');--> statement-breakpoint
CREATE TYPE "public"."durability" AS ENUM('durable', 'relaxed', 'memory');--> statement-breakpoint
CREATE TYPE "public"."isolation_level" AS ENUM('container', 'bubblewrap', 'unshare', 'setpriv', 'plain');--> statement-breakpoint
CREATE TYPE "public"."operation_state" AS ENUM('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED');--> statement-breakpoint
CREATE TYPE "public"."operation_verb" AS ENUM('CREATE', 'START', 'STOP', 'RESIZE', 'UPGRADE', 'DELETE', 'REPAIR');--> statement-breakpoint
CREATE TYPE "public"."runtime_state" AS ENUM('STARTING', 'RUNNING', 'ASLEEP', 'STOPPING', 'STOPPED', 'EXITED', 'FAILED', 'DELETED');--> statement-breakpoint
CREATE TABLE "deployment_infrastructure" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"machine_id" uuid,
	"generation" integer DEFAULT 0 NOT NULL,
	"spec" jsonb,
	"failed_generation" integer,
	"failure_code" text,
	"failure_message" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployment_infrastructure_organization_id_deployment_id_pk" PRIMARY KEY("organization_id","deployment_id")
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"plan_id" text NOT NULL,
	"region_id" text NOT NULL,
	"durability" "durability" NOT NULL,
	"state" "desired_state" DEFAULT 'RUNNING' NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"policy_revision" integer DEFAULT 1 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"deletion_protection" boolean DEFAULT false NOT NULL,
	"quotas" jsonb NOT NULL,
	"plain_port" boolean NOT NULL,
	"memory_bytes_max" bigint NOT NULL,
	"sealed_pepper" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deployments_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "deployments_slug_unique" UNIQUE("slug"),
	CONSTRAINT "deployments_organization_id_project_id_name_unique" UNIQUE("organization_id","project_id","name")
);
--> statement-breakpoint
CREATE TABLE "machine_ports" (
	"machine_id" uuid NOT NULL,
	"port" integer NOT NULL,
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "machine_ports_machine_id_port_pk" PRIMARY KEY("machine_id","port"),
	CONSTRAINT "machine_ports_organization_id_deployment_id_kind_unique" UNIQUE("organization_id","deployment_id","kind")
);
--> statement-breakpoint
CREATE TABLE "cells" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text DEFAULT 'machine' NOT NULL,
	CONSTRAINT "cells_region_id_name_unique" UNIQUE("region_id","name")
);
--> statement-breakpoint
CREATE TABLE "machine_streams" (
	"machine_id" uuid PRIMARY KEY NOT NULL,
	"api_url" text NOT NULL,
	"stream_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "machines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cell_id" uuid NOT NULL,
	"name" text NOT NULL,
	"isolation" "isolation_level" NOT NULL,
	"host" text NOT NULL,
	"domain" text,
	"mqtt_port_first" integer NOT NULL,
	"mqtt_port_last" integer NOT NULL,
	"shared_mqtts_port" integer,
	"shared_wss_port" integer,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lost_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "regions" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"deployment_name" text NOT NULL,
	"verb" "operation_verb" NOT NULL,
	"state" "operation_state" DEFAULT 'PENDING' NOT NULL,
	"generation" integer NOT NULL,
	"percent" integer DEFAULT 0 NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error_code" text,
	"error_message" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "operations_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"due_at" timestamp with time zone,
	"claimed_at" timestamp with time zone,
	"wanted" integer DEFAULT 1 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	CONSTRAINT "reconciliations_organization_id_deployment_id_pk" PRIMARY KEY("organization_id","deployment_id")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_keys_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"organization_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"context" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	CONSTRAINT "audit_log_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"organization_id" uuid NOT NULL,
	"key" text NOT NULL,
	"mutation" text NOT NULL,
	"request_hash" text NOT NULL,
	"resource_id" text,
	"operation_id" uuid,
	"sealed_secret" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_organization_id_mutation_key_pk" PRIMARY KEY("organization_id","mutation","key")
);
--> statement-breakpoint
CREATE TABLE "log_in_sessions" (
	"sid" varchar PRIMARY KEY NOT NULL,
	"sess" json NOT NULL,
	"expire" timestamp (6) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organization_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_organization_id_person_id_pk" PRIMARY KEY("organization_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizations_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"is_operator" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "projects_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "projects_organization_id_name_unique" UNIQUE("organization_id","name")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "setup_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone DEFAULT now() + interval '1 hour' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access_rules" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"effect" text NOT NULL,
	"action" text NOT NULL,
	"topic" text NOT NULL,
	"subject" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "access_rules_organization_id_deployment_id_position_pk" PRIMARY KEY("organization_id","deployment_id","position")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"username" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"secret_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "credentials_organization_id_deployment_id_username_unique" UNIQUE("organization_id","deployment_id","username")
);
--> statement-breakpoint
CREATE TABLE "policy_changes" (
	"cursor" bigint GENERATED ALWAYS AS IDENTITY (sequence name "policy_changes_cursor_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "policy_changes_organization_id_cursor_pk" PRIMARY KEY("organization_id","cursor")
);
--> statement-breakpoint
CREATE TABLE "deployment_reports" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"state" "runtime_state",
	"incarnation" text,
	"isolation" "isolation_level",
	"restarts" integer DEFAULT 0 NOT NULL,
	"problem_code" text,
	"problem_message" text,
	"started_at" timestamp with time zone,
	"first_running_at" timestamp with time zone,
	"state_at" timestamp with time zone,
	"applied_revision" integer DEFAULT 0 NOT NULL,
	"sample_incarnation" text,
	"sample_sequence" bigint DEFAULT 0 NOT NULL,
	"sample_at" timestamp with time zone,
	"counters" jsonb,
	"gauges" jsonb,
	"previous_at" timestamp with time zone,
	"previous_counters" jsonb,
	CONSTRAINT "deployment_reports_organization_id_deployment_id_pk" PRIMARY KEY("organization_id","deployment_id")
);
--> statement-breakpoint
CREATE TABLE "metric_samples" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"incarnation" text NOT NULL,
	"reported_at" timestamp with time zone NOT NULL,
	"counters" jsonb NOT NULL,
	"gauges" jsonb NOT NULL,
	CONSTRAINT "metric_samples_organization_id_deployment_id_at_pk" PRIMARY KEY("organization_id","deployment_id","at")
);
--> statement-breakpoint
CREATE TABLE "usage_meters" (
	"organization_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"incarnation" text NOT NULL,
	"sequence" bigint NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"connection_seconds" bigint NOT NULL,
	"connections" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_meters_organization_id_deployment_id_incarnation_pk" PRIMARY KEY("organization_id","deployment_id","incarnation")
);
--> statement-breakpoint
ALTER TABLE "deployment_infrastructure" ADD CONSTRAINT "deployment_infrastructure_machine_id_machines_id_fk" FOREIGN KEY ("machine_id") REFERENCES "public"."machines"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_infrastructure" ADD CONSTRAINT "deployment_infrastructure_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_organization_id_project_id_projects_organization_id_id_fk" FOREIGN KEY ("organization_id","project_id") REFERENCES "public"."projects"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "machine_ports" ADD CONSTRAINT "machine_ports_machine_id_machines_id_fk" FOREIGN KEY ("machine_id") REFERENCES "public"."machines"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "machine_ports" ADD CONSTRAINT "machine_ports_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cells" ADD CONSTRAINT "cells_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "machine_streams" ADD CONSTRAINT "machine_streams_machine_id_machines_id_fk" FOREIGN KEY ("machine_id") REFERENCES "public"."machines"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "machines" ADD CONSTRAINT "machines_cell_id_cells_id_fk" FOREIGN KEY ("cell_id") REFERENCES "public"."cells"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_created_by_memberships_organization_id_person_id_fk" FOREIGN KEY ("organization_id","created_by") REFERENCES "public"."memberships"("organization_id","person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_rules" ADD CONSTRAINT "access_rules_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_changes" ADD CONSTRAINT "policy_changes_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_reports" ADD CONSTRAINT "deployment_reports_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_samples" ADD CONSTRAINT "metric_samples_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_meters" ADD CONSTRAINT "usage_meters_organization_id_deployment_id_deployments_organization_id_id_fk" FOREIGN KEY ("organization_id","deployment_id") REFERENCES "public"."deployments"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployment_infrastructure_machine_id_index" ON "deployment_infrastructure" USING btree ("machine_id");--> statement-breakpoint
CREATE INDEX "deployment_infrastructure_deployment_id_index" ON "deployment_infrastructure" USING btree ("deployment_id");--> statement-breakpoint
CREATE INDEX "deployments_id_index" ON "deployments" USING btree ("id");--> statement-breakpoint
CREATE INDEX "operations_organization_id_deployment_id_created_at_index" ON "operations" USING btree ("organization_id","deployment_id","created_at");--> statement-breakpoint
CREATE INDEX "operations_id_index" ON "operations" USING btree ("id");--> statement-breakpoint
CREATE INDEX "operations_deployment_id_state_index" ON "operations" USING btree ("deployment_id","state");--> statement-breakpoint
CREATE INDEX "reconciliations_due_at_index" ON "reconciliations" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "reconciliations_deployment_id_index" ON "reconciliations" USING btree ("deployment_id");--> statement-breakpoint
CREATE INDEX "audit_log_organization_id_subject_index" ON "audit_log" USING btree ("organization_id","subject");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "log_in_sessions_expire_index" ON "log_in_sessions" USING btree ("expire");--> statement-breakpoint
CREATE INDEX "memberships_person_id_index" ON "memberships" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "projects_id_index" ON "projects" USING btree ("id");--> statement-breakpoint
CREATE INDEX "rate_limits_expire_index" ON "rate_limits" USING btree ("expire");--> statement-breakpoint
CREATE INDEX "credentials_id_index" ON "credentials" USING btree ("id");--> statement-breakpoint
CREATE INDEX "policy_changes_cursor_index" ON "policy_changes" USING btree ("cursor");--> statement-breakpoint
CREATE INDEX "deployment_reports_deployment_id_index" ON "deployment_reports" USING btree ("deployment_id");--> statement-breakpoint
CREATE INDEX "metric_samples_at_index" ON "metric_samples" USING btree ("at");