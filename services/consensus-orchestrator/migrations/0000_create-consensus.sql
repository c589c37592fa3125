CREATE SCHEMA "consensus";
--> statement-breakpoint
CREATE TABLE "consensus"."daily_usage" (
	"owner" text NOT NULL,
	"day" date NOT NULL,
	"count" integer NOT NULL,
	"tokens" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "daily_usage_owner_day_pk" PRIMARY KEY("owner","day")
);
--> statement-breakpoint
CREATE TABLE "consensus"."events" (
	"query_id" text NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"sealed_data" text NOT NULL,
	CONSTRAINT "events_query_id_seq_pk" PRIMARY KEY("query_id","seq")
);
--> statement-breakpoint
CREATE TABLE "consensus"."idempotency_keys" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"response" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "consensus"."inbox" (
	"handler" text NOT NULL,
	"message_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_message_id_handler_pk" PRIMARY KEY("message_id","handler")
);
--> statement-breakpoint
CREATE TABLE "consensus"."outbox" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "consensus"."outbox_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"traceparent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consensus"."queries" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"day" date NOT NULL,
	"sealed_question" text NOT NULL,
	"settings" jsonb NOT NULL,
	"panel" jsonb NOT NULL,
	"status" text NOT NULL,
	"stage" text NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL,
	"waiting" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"deadline_at" timestamp with time zone NOT NULL,
	"stage_deadline_at" timestamp with time zone,
	"stage_started_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost_usd" double precision DEFAULT 0 NOT NULL,
	"degraded" boolean DEFAULT false NOT NULL,
	"sandbox" boolean DEFAULT false NOT NULL,
	"answer_type" text,
	"outcome" text,
	"confidence" double precision,
	"sealed_answer" text
);
--> statement-breakpoint
CREATE TABLE "consensus"."subject_keys" (
	"subject" text PRIMARY KEY NOT NULL,
	"wrapped_key" text,
	"ring_key_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"forgotten_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "consensus"."turns" (
	"id" text PRIMARY KEY NOT NULL,
	"query_id" text NOT NULL,
	"round" integer NOT NULL,
	"model" text NOT NULL,
	"purpose" text NOT NULL,
	"status" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone,
	"latency_ms" integer,
	"sandbox" boolean DEFAULT false NOT NULL,
	"settled" boolean DEFAULT false NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost_usd" double precision DEFAULT 0 NOT NULL,
	"failure_reason" text,
	"sealed_result" text,
	CONSTRAINT "turns_once" UNIQUE("query_id","round","model","purpose")
);
--> statement-breakpoint
ALTER TABLE "consensus"."events" ADD CONSTRAINT "events_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "consensus"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consensus"."turns" ADD CONSTRAINT "turns_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "consensus"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "consensus"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_created_at_index" ON "consensus"."inbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "queries_owner" ON "consensus"."queries" USING btree ("owner","id");--> statement-breakpoint
CREATE INDEX "queries_overdue" ON "consensus"."queries" USING btree ("stage_deadline_at") WHERE stage_deadline_at is not null;--> statement-breakpoint
CREATE INDEX "subject_keys_ring_key_id_index" ON "consensus"."subject_keys" USING btree ("ring_key_id");