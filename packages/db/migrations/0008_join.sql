CREATE TABLE "machine_authority" (
	"id" text PRIMARY KEY NOT NULL,
	"certificate" text NOT NULL,
	"sealed_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "machine_join_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"cell_id" uuid NOT NULL,
	"for_machine_id" uuid,
	"dedicated_to" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"used_at" timestamp with time zone,
	"machine_id" uuid,
	"key_hash" text,
	CONSTRAINT "machine_join_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "certificate_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "certificate_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "revoked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "dedicated_to" uuid;--> statement-breakpoint
ALTER TABLE "machine_join_tokens" ADD CONSTRAINT "machine_join_tokens_cell_id_cells_id_fk" FOREIGN KEY ("cell_id") REFERENCES "public"."cells"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "machine_join_tokens" ADD CONSTRAINT "machine_join_tokens_for_machine_id_machines_id_fk" FOREIGN KEY ("for_machine_id") REFERENCES "public"."machines"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
GRANT DELETE ON machines TO rookery_api;--> statement-breakpoint
GRANT SELECT, INSERT ON machine_authority TO rookery_api;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON machine_join_tokens TO rookery_api;--> statement-breakpoint
-- The worker makes tokens for machines of its own; what signs certificates is not its business.
GRANT SELECT (id, certificate) ON machine_authority TO rookery_provisioner;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON machine_join_tokens TO rookery_provisioner;
