-- The whole schema. Every key starts with the webhook where there is one, no hot statement uses a sequence,
-- and no index holds a column that changes on the happy path, so that an outcome is a HOT update.

-- One row: who may deliver. A process that takes over raises the epoch; ingest and outcome statements carry theirs.
create table node (
  singleton boolean primary key default true check (singleton),
  epoch bigint not null,
  mark uuid not null,               -- low-water mark: below it no delivery is pending without a due_at
  heartbeat_at timestamptz not null
) with (fillfactor = 50);
insert into node (epoch, mark, heartbeat_at) values (0, '00000000-0000-0000-0000-000000000000', now());

create table api_key (
  id uuid primary key,
  name text not null,
  role text not null check (role in ('admin', 'manager', 'publisher', 'viewer')),
  project_id text,
  user_id text not null,
  token_hash bytea not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table webhook (
  number int4 primary key generated always as identity,
  id uuid not null unique,
  project_id text,
  name text not null,
  url text not null,
  events text[] not null,
  description text,
  secret_sealed bytea not null,     -- AES-256-GCM, see webhook/SecretSeal
  headers_sealed bytea not null,    -- the same, of a JSON object
  active boolean not null,
  disabled_reason text,
  timeout_millis int4 not null check (timeout_millis between 1 and 120000),
  max_attempts int4 not null check (max_attempts between 1 and 20),
  backoff_strategy text not null check (backoff_strategy in ('linear', 'exponential', 'fixed')),
  initial_delay_millis int8 not null,
  max_delay_millis int8 not null check (max_delay_millis >= initial_delay_millis),
  retry_on_status int4[],           -- null: the default, every status from 500 on
  retry_on_timeout boolean,         -- null: not given, which means true
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text not null,
  version int8 not null default 1,  -- raised by every change; the newer one wins wherever it arrives
  deleted_at timestamptz,
  circuit_state text not null default 'closed' check (circuit_state in ('closed', 'open', 'half_open')),
  circuit_opened_at timestamptz,
  circuit_probe_at timestamptz,
  circuit_failures int4 not null default 0,
  circuit_trips int4 not null default 0, -- probes that failed since it opened: the open time doubles with each
  check ((circuit_state = 'closed') = (circuit_opened_at is null))
);
create index webhook_live on webhook (created_at desc, id desc) where deleted_at is null;

create table event (
  id uuid not null primary key,
  type text not null,
  project_id text,
  occurred_at text not null,        -- as it is sent: text, so that the body never changes
  data bytea not null,              -- as it was published, never jsonb: that would rewrite it
  targets int4[] not null,          -- numbers of the webhooks that matched
  test boolean not null
) partition by range (id);

create type delivery_status as enum ('pending', 'success', 'failed');

create table delivery (
  webhook int4 not null,
  id uuid not null,
  event_id uuid not null,
  event_type text not null,
  status delivery_status not null,
  failed boolean not null default false,
  test boolean not null default false,
  attempts int2 not null default 0, -- ended attempts, probes included
  probes int2 not null default 0,   -- those of them that were probes of an open circuit, which burn no attempt
  due_at timestamptz,               -- when it waits in the database; null while a process holds it, and when ended
  ended_at timestamptz,             -- end of the last attempt
  response_code int2,
  response_time int4,               -- ms, first byte written to response head
  response_body text,               -- only what is short; longer ones are in attempt
  error text,
  primary key (webhook, id),
  check (failed = (status = 'failed')),
  check (due_at is null or status = 'pending'),
  check (status = 'pending' or ended_at is not null)
) partition by range (id);
create index delivery_by_id on delivery using brin (id) with (pages_per_range = 16, autosummarize = on);
create index delivery_due on delivery (webhook, due_at) where due_at is not null;
create index delivery_failed on delivery (webhook, id) where failed;
create index delivery_waiting on delivery (webhook, id) where due_at is not null; -- lists of pending ones
create index delivery_test on delivery (webhook, id) where test; -- in no counter, so they are counted

-- Every attempt that failed, and every answer too long for the delivery's own row.
create table attempt (
  webhook int4 not null,
  delivery_id uuid not null,
  n int2 not null,
  started_at timestamptz not null,
  probe boolean not null default false,
  response_code int2,
  response_time int4,
  response_body text,
  response_headers text,            -- a JSON object
  error text,
  primary key (webhook, delivery_id, n)
) partition by range (delivery_id);

-- An event's deliveries are found through event.targets; those made later by hand are listed here.
create table redelivery (
  event_id uuid not null,
  delivery_id uuid not null,
  webhook int4 not null,
  original_id uuid not null,
  primary key (event_id, delivery_id)
);

create table idempotency_key (
  scope text not null,              -- the key's project, empty for none
  key text not null,
  body_hash bytea not null,
  answer bytea not null,
  created_at timestamptz not null,
  primary key (scope, key)
);
create index idempotency_key_expiry on idempotency_key (created_at);

-- What each flush changed, one row a flush. The rollup folds these rows into the counters below and deletes them
-- in the same transaction, so counts are exact after any crash.
create table stat_delta (
  webhooks int4[] not null,
  types text[] not null,
  accepted_hours int8[] not null,   -- hour since 1970 in which the delivery was accepted
  statuses int2[] not null,         -- 0 accepted, 1 success, 2 failed
  ended_millis int8[] not null,     -- when it ended, ms since 1970; 0 for accepted
  response_millis int4[] not null   -- response time of the last attempt; -1 for none
);

-- By the hour of acceptance: totals of filtered lists.
create table stat_accepted (
  webhook int4 not null,
  hour int8 not null,
  event_type text not null,
  accepted int8 not null default 0,
  success int8 not null default 0,
  failed int8 not null default 0,
  primary key (webhook, hour, event_type)
) with (fillfactor = 70);

-- By the hour of the end: statistics. grain: 1 hour, 24 day; start is the hour since 1970 in which it begins.
create table stat_ended (
  webhook int4 not null,
  grain int2 not null check (grain in (1, 24)),
  start int8 not null,
  event_type text not null,
  success int8 not null,
  failed int8 not null,
  answered int8 not null,           -- how many have a response time
  millis_sum int8 not null,
  sketch bytea not null,            -- DDSketch of the response times
  primary key (webhook, grain, start, event_type)
) with (fillfactor = 70);

-- Totals of all time, one row a webhook: what lists and get-one show.
create table stat_total (
  webhook int4 primary key,
  accepted int8 not null default 0,
  success int8 not null default 0,
  failed int8 not null default 0,
  answered int8 not null default 0,
  millis_sum int8 not null default 0,
  last_ended_at timestamptz
) with (fillfactor = 70);
