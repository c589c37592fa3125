-- A role per service, that can reach its own schema's rows and no table's definition; the owner, who migrates; and those that only
-- look. Run by the server's administrator at every start: passwords follow the secrets' files. Passwords come from the environment.
\set ON_ERROR_STOP on
-- A statement that fails must not put a password into the log.
set log_min_error_statement = panic;
set client_min_messages = warning;

\getenv owner CONCORD_OWNER_PASSWORD
\getenv auth CONCORD_AUTH_PASSWORD
\getenv consensus CONCORD_CONSENSUS_PASSWORD
\getenv inference CONCORD_INFERENCE_PASSWORD
\getenv exporter CONCORD_EXPORTER_PASSWORD
\getenv monitoring CONCORD_MONITORING_PASSWORD
\getenv replication CONCORD_REPLICATION_PASSWORD

select format('create role %I login', name) from unnest(array['concord_owner', 'concord_auth', 'concord_consensus', 'concord_inference',
  'concord_exporter', 'concord_monitoring', 'concord_replication']) as name
where not exists (select from pg_roles where rolname = name) \gexec

alter role concord_owner login nosuperuser nocreatedb nocreaterole noreplication password :'owner';
alter role concord_auth login nosuperuser nocreatedb nocreaterole noreplication password :'auth';
alter role concord_consensus login nosuperuser nocreatedb nocreaterole noreplication password :'consensus';
alter role concord_inference login nosuperuser nocreatedb nocreaterole noreplication password :'inference';
alter role concord_exporter login nosuperuser nocreatedb nocreaterole noreplication password :'exporter';
alter role concord_monitoring login nosuperuser nocreatedb nocreaterole noreplication password :'monitoring';
alter role concord_replication login nosuperuser nocreatedb nocreaterole replication password :'replication';
grant pg_monitor to concord_exporter;
-- `concord status` counts everybody's connections and tells how far the replica is; else it would see its own alone.
grant pg_read_all_stats to concord_owner;

-- What the services ask for at each connection; a pooler between them does not pass it on.
alter role concord_auth set statement_timeout = '15s';
alter role concord_auth set idle_in_transaction_session_timeout = '30s';
alter role concord_consensus set statement_timeout = '15s';
alter role concord_consensus set idle_in_transaction_session_timeout = '30s';
alter role concord_inference set statement_timeout = '15s';
alter role concord_inference set idle_in_transaction_session_timeout = '30s';

alter database concord owner to concord_owner;
revoke all on database concord from public;
grant connect on database concord to concord_auth, concord_consensus, concord_inference, concord_exporter, concord_monitoring;
revoke all on schema public from public;
-- Migrations may change the tables on which this view stands; it is made again when they are done.
drop schema if exists monitoring cascade;
