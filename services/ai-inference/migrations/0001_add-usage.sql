CREATE TABLE "inference"."usage" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text,
	"day" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"feature" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"input_tokens" integer NOT NULL,
	"cached_input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"cost_usd" double precision NOT NULL,
	"status" text NOT NULL,
	"estimated" boolean NOT NULL,
	"sandbox" boolean NOT NULL,
	"latency_ms" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inference"."usage_days" (
	"user_id" text NOT NULL,
	"day" date NOT NULL,
	"tokens" bigint NOT NULL,
	CONSTRAINT "usage_days_user_id_day_pk" PRIMARY KEY("user_id","day")
);
--> statement-breakpoint
CREATE INDEX "usage_user_id_day_index" ON "inference"."usage" USING btree ("user_id","day");--> statement-breakpoint
CREATE INDEX "usage_day_index" ON "inference"."usage" USING btree ("day");--> statement-breakpoint
CREATE INDEX "usage_days_day_index" ON "inference"."usage_days" USING btree ("day");