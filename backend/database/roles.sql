-- The two logins of SigmaSight, made once by an administrator of the server, in the database that it shall use:
--
--   export SIGMASIGHT_OWNER_PASSWORD=... SIGMASIGHT_SERVICE_PASSWORD=...
--   psql "$ADMINISTRATOR_URL" -f roles.sql
--
-- sigmasight_owner owns the schema and migrates it. sigmasight_service is the login of API and worker: it owns nothing
-- and acts as sigmasight_app, which row-level security binds. May be run again; it then sets the passwords anew.
\set ON_ERROR_STOP on
\getenv owner_password SIGMASIGHT_OWNER_PASSWORD
\getenv service_password SIGMASIGHT_SERVICE_PASSWORD

begin;

select format('create role %I', name)
from unnest(array['sigmasight_app', 'sigmasight_owner', 'sigmasight_service']) as wanted(name)
where not exists (select from pg_roles where rolname = name)
\gexec

alter role sigmasight_owner login password :'owner_password';
alter role sigmasight_service login password :'service_password';
grant sigmasight_app to sigmasight_owner, sigmasight_service;

select format('alter database %I owner to sigmasight_owner', current_database())
\gexec
create extension if not exists vector;

commit;
