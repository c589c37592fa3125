-- What the dashboard "Use and cost" reads, and the role it reads with. Run once by the database's owner, and again after an
-- upgrade; it changes nothing when nothing has changed:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f monitoring/postgres/usage.sql
-- The role can sign in after `\password concord_monitoring`. It sees sums by day: no questions, no answers, no e-mail addresses.
do $$
begin
  if not exists (select from pg_roles where rolname = 'concord_monitoring') then
    create role concord_monitoring login;
  end if;
end $$;

create schema if not exists monitoring;

-- Turns of councils and direct calls, by UTC day. A user is told by the opaque id; one who was erased has none or an unknown one.
create or replace view monitoring.usage_by_day as
select spent.day, spent.feature, spent.model, spent.user_id, coalesce(users.plan, 'unknown') as plan, spent.sandbox,
  count(*) as calls, sum(spent.input_tokens) as input_tokens, sum(spent.output_tokens) as output_tokens,
  sum(spent.cost_usd) as cost_usd
from (
  select (created_at at time zone 'utc')::date as day, 'council' as feature, model, user_id, sandbox, input_tokens, output_tokens, cost_usd
  from inference.turns
  union all
  select day, feature, model, user_id, sandbox, input_tokens, output_tokens, cost_usd
  from inference.usage
) as spent
left join auth.users on users.id = spent.user_id
group by spent.day, spent.feature, spent.model, spent.user_id, coalesce(users.plan, 'unknown'), spent.sandbox;

grant usage on schema monitoring to concord_monitoring;
grant select on monitoring.usage_by_day to concord_monitoring;
alter role concord_monitoring set default_transaction_read_only = on;
alter role concord_monitoring set statement_timeout = '15s';
