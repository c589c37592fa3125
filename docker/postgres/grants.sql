-- What each service may do in its own schema, after every migration: read and write rows. Run by the server's administrator.
\set ON_ERROR_STOP on
select format(statement, schema, role)
from (values ('auth', 'concord_auth'), ('consensus', 'concord_consensus'), ('inference', 'concord_inference')) as service (schema, role),
  unnest(array[
    'revoke all on schema %1$I from public',
    'grant usage on schema %1$I to %2$I',
    'grant select, insert, update, delete on all tables in schema %1$I to %2$I',
    'grant usage, select on all sequences in schema %1$I to %2$I']) as statement
order by schema, statement desc \gexec
