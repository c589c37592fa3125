CREATE SCHEMA "bus";
--> statement-breakpoint
CREATE TABLE "bus"."deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bus"."deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" text NOT NULL,
	"type" text NOT NULL,
	"handler" text NOT NULL,
	"body" text NOT NULL,
	"headers" jsonb NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"unsettled" integer DEFAULT 0 NOT NULL,
	"ready_at" timestamp with time zone DEFAULT now() NOT NULL,
	"leased_by" text,
	"dead_at" timestamp with time zone,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bus"."subscriptions" (
	"handler" text PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"type" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "deliveries_ready" ON "bus"."deliveries" USING btree ("handler","ready_at","id") WHERE dead_at is null;--> statement-breakpoint
CREATE INDEX "deliveries_dead" ON "bus"."deliveries" USING btree ("handler","dead_at") WHERE dead_at is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_type_index" ON "bus"."subscriptions" USING btree ("type");