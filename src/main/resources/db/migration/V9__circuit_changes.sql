-- When circuits opened, probed and closed, for people: one row for each change of a state.
create table circuit_change (
  webhook int4 not null,
  id uuid not null,                 -- its first 48 bits are the moment
  state text not null check (state in ('closed', 'open', 'half_open')),
  failures int4 not null,           -- failed attempts in a row
  probe_at timestamptz,             -- when the next probe may go; null while closed
  primary key (webhook, id),
  check ((state = 'closed') = (probe_at is null))
);
