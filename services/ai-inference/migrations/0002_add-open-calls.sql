CREATE TABLE "inference"."open_calls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"entry" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "open_calls_owner_index" ON "inference"."open_calls" USING btree ("owner");