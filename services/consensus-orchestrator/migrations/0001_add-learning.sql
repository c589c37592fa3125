CREATE TABLE "consensus"."anchor_turns" (
	"id" text PRIMARY KEY NOT NULL,
	"turn_id" text NOT NULL,
	"anchor_id" text NOT NULL,
	"domain" text NOT NULL,
	"model" text NOT NULL,
	"provider_model" text NOT NULL,
	"sandbox" boolean NOT NULL,
	"status" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"deadline_at" timestamp with time zone NOT NULL,
	"cost_usd" double precision NOT NULL,
	"right" boolean,
	"answer" text,
	"confidence" smallint
);
--> statement-breakpoint
CREATE TABLE "consensus"."feedback" (
	"query_id" text PRIMARY KEY NOT NULL,
	"correct" boolean NOT NULL,
	"counted" boolean NOT NULL,
	"domain" text NOT NULL,
	"grades" jsonb NOT NULL,
	"given_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consensus"."fitted_settings" (
	"sandbox" boolean NOT NULL,
	"scope" text NOT NULL,
	"models" integer NOT NULL,
	"questions" integer NOT NULL,
	"settings" jsonb NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "fitted_settings_sandbox_scope_pk" PRIMARY KEY("sandbox","scope")
);
--> statement-breakpoint
CREATE TABLE "consensus"."graded_counts" (
	"model" text NOT NULL,
	"provider_model" text NOT NULL,
	"sandbox" boolean NOT NULL,
	"domain" text NOT NULL,
	"source" text NOT NULL,
	"confidence" smallint NOT NULL,
	"right" double precision NOT NULL,
	"wrong" double precision NOT NULL,
	"abstained" double precision NOT NULL,
	CONSTRAINT "graded_counts_pk" PRIMARY KEY("model","provider_model","sandbox","domain","source","confidence")
);
--> statement-breakpoint
CREATE TABLE "consensus"."learning_tasks" (
	"task" text PRIMARY KEY NOT NULL,
	"done_on" date
);
--> statement-breakpoint
CREATE TABLE "consensus"."past_ballots" (
	"query_id" text PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"options" integer NOT NULL,
	"ballots" jsonb NOT NULL,
	"grades" jsonb,
	"graded_on" date
);
--> statement-breakpoint
CREATE TABLE "consensus"."reliabilities" (
	"model" text NOT NULL,
	"provider_model" text NOT NULL,
	"sandbox" boolean NOT NULL,
	"scope" text NOT NULL,
	"current" jsonb NOT NULL,
	"former" jsonb NOT NULL,
	"day" date NOT NULL,
	"shown" jsonb NOT NULL,
	"disagreement" double precision,
	CONSTRAINT "reliabilities_pk" PRIMARY KEY("model","provider_model","sandbox","scope")
);
--> statement-breakpoint
ALTER TABLE "consensus"."daily_usage" ADD COLUMN "feedbacks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "consensus"."queries" ADD COLUMN "domain" text;--> statement-breakpoint
ALTER TABLE "consensus"."queries" ADD COLUMN "fitted" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "consensus"."feedback" ADD CONSTRAINT "feedback_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "consensus"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consensus"."past_ballots" ADD CONSTRAINT "past_ballots_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "consensus"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "anchor_turns_asked" ON "consensus"."anchor_turns" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "anchor_turns_out" ON "consensus"."anchor_turns" USING btree ("deadline_at") WHERE status = 'asked';--> statement-breakpoint
CREATE INDEX "past_ballots_ungraded" ON "consensus"."past_ballots" USING btree ("query_id") WHERE graded_on is null;