-- Counters of published events, so that lists of events have exact totals, and rare ones are found, without reading
-- them all.

-- The events of a flush, one place for each hour, type and project; a null project for none.
alter table stat_delta
  add column event_hours int8[] not null default '{}',
  add column event_types text[] not null default '{}',
  add column event_projects text[] not null default '{}',
  add column event_counts int4[] not null default '{}';

-- By the hour of acceptance. Each event counts in the row of its project, if it has one, and in the row without a
-- project, which is of all events.
create table stat_event (
  project_id text,
  hour int8 not null,
  event_type text not null,
  published int8 not null,
  unique nulls not distinct (project_id, hour, event_type)
) with (fillfactor = 70);

-- Those that are there already. The first 48 bits of an id are milliseconds.
with kept as (
  select type, project_id,
    ('x' || replace(left(id::text, 13), '-', ''))::bit(48)::int8 / 3600000 as hour
  from event where not test
)
insert into stat_event (project_id, hour, event_type, published)
select null, hour, type, count(*) from kept group by hour, type
union all
select project_id, hour, type, count(*) from kept where project_id is not null group by project_id, hour, type;
