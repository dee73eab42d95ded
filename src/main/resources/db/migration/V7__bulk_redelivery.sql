-- Redeliveries of many deliveries: what was asked for, and how far it is. A page's new deliveries and its place are
-- one commit, so that no crash repeats or leaves out one.
create table bulk_redelivery (
  id uuid primary key,
  webhook int4 not null,
  state text not null check (state in ('running', 'done', 'cancelled', 'stopped')),
  stopped_because text,             -- null unless stopped
  status text not null check (status in ('success', 'failed', 'ended')),
  event_type text,                  -- null for every type
  from_millis int8,                 -- of acceptance, as asked for; null for no bound
  until_millis int8,
  until_id uuid not null,           -- smallest id beyond: what it makes itself is none of it
  delivery_ids uuid[],              -- only these, in order; null for all
  place uuid not null,              -- the last id that was looked at
  matching int8 not null,           -- how many there were when it was asked for
  made int8 not null default 0,
  skipped int8 not null default 0,  -- their events are not kept any more
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz,
  check ((state = 'running') = (ended_at is null)),
  check ((state = 'stopped') = (stopped_because is not null))
);
create unique index bulk_redelivery_running on bulk_redelivery (webhook) where state = 'running';
create index bulk_redelivery_of_webhook on bulk_redelivery (webhook, id);
