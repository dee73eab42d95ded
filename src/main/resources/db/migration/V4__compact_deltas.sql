-- A flush says its event types and hours once, and each delivery only which of them is its own: the text of the type
-- beside every delivery was most of a row, which PostgreSQL then compressed, moved out of line, and read back again.

alter table stat_delta
  add column kinds int2[],          -- for each delivery, which of types and accepted_hours, from 1; null: its own place
  add column event_kinds int2[],    -- for each of event_projects, likewise; null: event_types and event_hours say it
  alter column statuses drop not null,        -- null: all of them were accepted
  alter column ended_millis drop not null,
  alter column response_millis drop not null;

-- Rows are read once and deleted: up to a page they stay as they are.
alter table stat_delta set (toast_tuple_target = 8160);
