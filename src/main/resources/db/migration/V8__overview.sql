-- What the whole service accepted and delivered, for plots: without adding up every webhook, and finer than by the
-- hour. The fold writes it beside the other counters.
create table stat_overview (
  grain int2 not null check (grain in (1, 15, 60, 1440)), -- length in minutes
  start int8 not null,              -- minutes since 1970
  events int8 not null,             -- accepted, like the next one: by the minute of the fold within their hour
  accepted int8 not null,
  success int8 not null,            -- by the minute in which they ended, like the next two
  failed int8 not null,
  sketch bytea not null,            -- DDSketch of the response times
  primary key (grain, start)
) with (fillfactor = 50);

-- What was counted before, as far as it goes: response times cannot be merged here.
insert into stat_overview (grain, start, events, accepted, success, failed, sketch)
select g.grain, c.hour * 60 / g.grain * g.grain, sum(c.events), sum(c.accepted), sum(c.success), sum(c.failed), ''
from (
  select hour, published as events, 0 as accepted, 0 as success, 0 as failed from stat_event where project_id is null
  union all
  select hour, 0, accepted, 0, 0 from stat_accepted
  union all
  select start, 0, 0, success, failed from stat_ended where grain = 1
) as c (hour, events, accepted, success, failed)
cross join (values (60::int2), (1440::int2)) as g (grain)
group by 1, 2;

-- Which webhooks failed most: few rows have failures, and updates of the others stay HOT.
create index stat_ended_failing on stat_ended (grain, start) where failed > 0;
