-- The trace to which an event belongs, so that a retry and a process that starts anew still send it on: a traceparent
-- of W3C Trace Context, whose span is the parent of the event's attempts. Null for most, which takes no room.
alter table event add column traceparent text;
