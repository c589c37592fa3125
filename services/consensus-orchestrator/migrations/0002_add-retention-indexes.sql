CREATE INDEX "daily_usage_day_index" ON "consensus"."daily_usage" USING btree ("day");--> statement-breakpoint
CREATE INDEX "queries_created" ON "consensus"."queries" USING btree ("created_at");