CREATE TABLE "installation_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"kms_key_arn" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"seals_from" timestamp with time zone DEFAULT now() NOT NULL,
	"retiring_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
GRANT SELECT ON installation_keys TO rookery_api, rookery_provisioner;--> statement-breakpoint
-- The first start makes the first key; whoever comes second finds it there.
CREATE FUNCTION add_first_installation_key(id text, kms_key_arn text, wrapped bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  LOCK TABLE installation_keys IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO installation_keys (id, kms_key_arn, wrapped)
    SELECT add_first_installation_key.id, add_first_installation_key.kms_key_arn, add_first_installation_key.wrapped
    WHERE NOT EXISTS (SELECT FROM installation_keys);
END $$;--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION add_first_installation_key(text, text, bytea) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION add_first_installation_key(text, text, bytea) TO rookery_api, rookery_provisioner;
