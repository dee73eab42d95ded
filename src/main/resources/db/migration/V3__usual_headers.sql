-- Headers of accepted answers that have no row in attempt. A receiver's headers repeat from answer to answer, but for
-- their Date: such a set is kept once a day, without it, and a delivery's row holds only its number.
create table usual_headers (
  day int4 not null,                -- days since 1970, of delivery.ended_at
  id int8 not null,                 -- the first 64 bits of the SHA-256 of the text
  headers text not null,            -- a JSON object
  primary key (day, id)
);

alter table delivery add column usual_headers int8;
