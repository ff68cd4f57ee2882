ALTER TABLE "deployment_stacks" ADD COLUMN "cell_id" uuid;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "dedicated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "cells" ADD COLUMN "aws" jsonb;--> statement-breakpoint
ALTER TABLE "deployment_stacks" ADD CONSTRAINT "deployment_stacks_cell_id_cells_id_fk" FOREIGN KEY ("cell_id") REFERENCES "public"."cells"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- A machine that was made for a deployment is forgotten with it.
GRANT DELETE ON machines TO rookery_provisioner;
