CREATE SCHEMA "inference";
--> statement-breakpoint
CREATE TABLE "inference"."cancellations" (
	"query_id" text NOT NULL,
	"turn_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cancellations_query_id_turn_id_pk" PRIMARY KEY("query_id","turn_id")
);
--> statement-breakpoint
CREATE TABLE "inference"."inbox" (
	"handler" text NOT NULL,
	"message_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_message_id_handler_pk" PRIMARY KEY("message_id","handler")
);
--> statement-breakpoint
CREATE TABLE "inference"."outbox" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "inference"."outbox_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"traceparent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inference"."subject_keys" (
	"subject" text PRIMARY KEY NOT NULL,
	"wrapped_key" text,
	"ring_key_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"forgotten_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "inference"."turns" (
	"id" text PRIMARY KEY NOT NULL,
	"query_id" text NOT NULL,
	"user_id" text NOT NULL,
	"model" text NOT NULL,
	"round" integer NOT NULL,
	"purpose" text NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"deadline_at" timestamp with time zone NOT NULL,
	"claims" integer DEFAULT 1 NOT NULL,
	"lease_owner" text NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"sealed_output" text,
	"provider_model" text,
	"sandbox" boolean DEFAULT false NOT NULL,
	"salvaged" boolean DEFAULT false NOT NULL,
	"failure" text,
	"detail" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost_usd" double precision DEFAULT 0 NOT NULL,
	"latency_ms" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "cancellations_created_at_index" ON "inference"."cancellations" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_created_at_index" ON "inference"."inbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "subject_keys_ring_key_id_index" ON "inference"."subject_keys" USING btree ("ring_key_id");--> statement-breakpoint
CREATE INDEX "turns_created_at_index" ON "inference"."turns" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "turns_running_of_user" ON "inference"."turns" USING btree ("user_id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "turns_latencies" ON "inference"."turns" USING btree ("model","finished_at") WHERE state = 'completed';