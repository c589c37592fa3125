DROP INDEX "consensus"."queries_owner";--> statement-breakpoint
CREATE INDEX "queries_owner" ON "consensus"."queries" USING btree ("owner","id","confidence");