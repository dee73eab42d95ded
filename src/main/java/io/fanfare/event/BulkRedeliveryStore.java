package io.fanfare.event;

import io.fanfare.database.Writer;
import io.fanfare.event.BulkRedelivery.Ended;
import io.fanfare.event.BulkRedelivery.Filter;
import io.fanfare.event.BulkRedelivery.State;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All SQL of redeliveries of many. */
public final class BulkRedeliveryStore {
  private static final String UNIQUE_VIOLATION = "23505";

  private static final String COLUMNS =
      """
      id, webhook, state, stopped_because, status, event_type, from_millis, until_millis,
        coalesce(cardinality(delivery_ids), 0) as ids, place, matching, made, skipped, created_by,
        created_at, updated_at, ended_at
      """;

  private static final String CREATE =
      """
      insert into bulk_redelivery (id, webhook, state, status, event_type, from_millis, until_millis,
        until_id, delivery_ids, place, matching, created_by, created_at, updated_at)
      select $1::uuid, $2::int4, 'running', $3::text, $4::text, $5::int8, $6::int8, $7::uuid,
        $8::uuid[], $9::uuid, $10::int8, $11::text, now(), now()
      where (select count(*) from bulk_redelivery where state = 'running') < $12::int8
      returning
      """
          + COLUMNS;

  private static final String ONE =
      "select " + COLUMNS + " from bulk_redelivery where id = $1::uuid";

  private static final String OF_WEBHOOK =
      "select "
          + COLUMNS
          + """
           from bulk_redelivery
          where webhook = $1::int4 and ($2::uuid is null or id < $2::uuid)
          order by id desc limit $3::int4
          """;

  private static final String COUNT =
      "select count(*) from bulk_redelivery where webhook = $1::int4";

  private static final String RUNNING =
      "select "
          + COLUMNS
          + " from bulk_redelivery where state = 'running' order by id limit $1::int4";

  private static final String END =
      """
      update bulk_redelivery
      set state = $2::text, stopped_because = $3::text, ended_at = now(), updated_at = now()
      where id = $1::uuid and state = 'running'
      """;

  /** Named ones: looked up by their keys, and the place moves on over those that are gone. */
  private static final String SEEN_OF_NAMED =
      """
        select named.id, d.event_id, d.event_type, d.status, coalesce(d.test, false) as test,
          row_number() over (order by named.id) as n
        from (
          select u.id from bulk_redelivery b cross join lateral unnest(b.delivery_ids) as u(id)
          where b.id = $2::uuid and u.id > $4::uuid order by u.id limit $6::int4
        ) named
        left join lateral (
          select event_id, event_type, status, test from delivery
          where webhook = $3::int4 and id = named.id limit 1
        ) d on true
      """;

  /** As many rows are looked at as a page may have, whatever the filter leaves of them. */
  private static final String SEEN =
      """
        select d.id, d.event_id, d.event_type, d.status, d.test,
          row_number() over (order by d.id) as n
        from (
          select id, event_id, event_type, status, test from delivery
          where webhook = $3::int4 and id > $4::uuid
            and id < (select until_id from bulk_redelivery where id = $2::uuid)%s
          order by id limit $6::int4
        ) d
      """;

  /**
   * A page: the deliveries are made, and the place moves, in one commit. Nothing happens where the
   * place is another one by now, or the redelivery does not run any more.
   */
  private static final String PAGE =
      """
      with fence as (select 1 from node where epoch = $1::int8),
      seen as materialized (
      %s
      ),
      wanted as materialized (
        select s.id as original, s.event_id, ($5::uuid[])[s.n] as id from seen s
        where not s.test and s.status %s and ($7::text is null or s.event_type = $7::text)
      ),
      chosen as materialized (
        select w.original, w.id, w.event_id, e.type from wanted w
        cross join lateral (select type from event where id = w.event_id limit 1) e
      ),
      moved as (
        update bulk_redelivery b set
          place = (select id from seen order by n desc limit 1),
          made = b.made + (select count(*) from chosen),
          skipped = b.skipped + (select count(*) from wanted) - (select count(*) from chosen),
          updated_at = now()
        from fence
        where b.id = $2::uuid and b.state = 'running' and b.place = $4::uuid and exists (select from seen)
        returning 1
      ),
      made as (
        insert into delivery (webhook, id, event_id, event_type, status, due_at)
        select $3::int4, c.id, c.event_id, c.type, 'pending', now() from chosen c, moved
      ),
      links as (
        insert into redelivery (event_id, delivery_id, webhook, original_id)
        select c.event_id, c.id, $3::int4, c.original from chosen c, moved
      ),
      counts as (
        insert into stat_delta (webhooks, types, accepted_hours, statuses, ended_millis, response_millis)
        select array_agg($3::int4), array_agg(c.type),
          array_agg(('x' || translate(left(c.id::text, 13), '-', ''))::bit(48)::int8 / 3600000),
          array_agg(0::int2), array_agg(0::int8), array_agg(-1)
        from chosen c, moved
        having count(*) > 0
      )
      select (select count(*) from fence)::int4 as fenced, (select count(*) from moved)::int4 as moved,
        (select count(*) from seen)::int4 as seen, (select count(*) from chosen)::int4 as made
      """;

  private static final String COUNT_NAMED =
      """
      select count(*) from unnest($2::uuid[]) as u(id)
      cross join lateral (
        select 1 from delivery d
        where d.webhook = $1::int4 and d.id = u.id and not d.test and d.status <> 'pending'
          and ($3::text = 'ended' or d.status::text = $3::text)
          and ($4::text is null or d.event_type = $4::text)
        limit 1) as d
      """;

  private final Pool pool;

  /**
   * @param pool for writes that somebody waits for, and for short reads
   */
  public BulkRedeliveryStore(Pool pool) {
    this.pool = pool;
  }

  /** There is no room for one more. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean ofThisWebhook;

    RefusedException(boolean ofThisWebhook) {
      super("a redelivery is running already", null, false, false);
      this.ofThisWebhook = ofThisWebhook;
    }

    /** Whether one of the same webhook is running; else too many of others are. */
    public boolean ofThisWebhook() {
      return ofThisWebhook;
    }
  }

  /** What a page did. */
  record Paged(boolean moved, int seen, int made) {}

  /**
   * Writes down what was asked for; it runs once the verticle hears of it, or after a restart.
   *
   * @param ids the deliveries named; null for all
   * @param matching how many there are at present
   * @return fails with {@link RefusedException} where one is running already, or too many are
   */
  public Future<BulkRedelivery> create(
      UUID id,
      int webhook,
      Filter filter,
      @Nullable List<UUID> ids,
      long matching,
      String createdBy) {
    UUID first =
        filter.from() == null
            ? IdGenerator.ZERO
            : before(IdGenerator.floorOf(filter.from().toEpochMilli()));
    UUID end =
        filter.until() == null || filter.until().toEpochMilli() > IdGenerator.millis(id)
            ? id
            : IdGenerator.floorOf(filter.until().toEpochMilli());
    Tuple parameters =
        Tuple.tuple()
            .addUUID(id)
            .addInteger(webhook)
            .addString(filter.status().wireName())
            .addString(filter.eventType())
            .addLong(millis(filter.from()))
            .addLong(millis(filter.until()))
            .addUUID(end)
            .addArrayOfUUID(
                ids == null
                    ? null
                    : ids.stream().distinct().sorted(IdGenerator.ORDER).toArray(UUID[]::new))
            .addUUID(ids == null ? first : IdGenerator.ZERO)
            .addLong(matching)
            .addString(createdBy)
            .addLong((long) BulkRedelivery.RUNNING_MAX);
    return pool.preparedQuery(CREATE)
        .execute(parameters)
        .compose(
            rows ->
                rows.size() == 1
                    ? Future.succeededFuture(of(rows.iterator().next()))
                    : Future.failedFuture(new RefusedException(false)))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof PgException said
                            && UNIQUE_VIOLATION.equals(said.getSqlState())
                        ? new RefusedException(true)
                        : failure));
  }

  /** The largest id before another one, which is not the first of all. */
  private static UUID before(UUID id) {
    long low = id.getLeastSignificantBits();
    return new UUID(
        low == 0 ? id.getMostSignificantBits() - 1 : id.getMostSignificantBits(), low - 1);
  }

  private static @Nullable Long millis(@Nullable Instant moment) {
    return moment == null ? null : moment.toEpochMilli();
  }

  /** How many of the named deliveries it would make. */
  public Future<Long> count(int webhook, Filter filter, List<UUID> ids) {
    return pool.preparedQuery(COUNT_NAMED)
        .execute(
            Tuple.of(
                webhook,
                ids.stream().distinct().toArray(UUID[]::new),
                filter.status().wireName(),
                filter.eventType()))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** One; empty where there is none of that id. */
  public Future<Optional<BulkRedelivery>> find(UUID id) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(id))
        .map(rows -> rows.stream().findFirst().map(BulkRedeliveryStore::of));
  }

  /**
   * Those of a webhook, newest first.
   *
   * @param before only those with smaller ids; null for all
   */
  public Future<List<BulkRedelivery>> list(int webhook, @Nullable UUID before, int limit) {
    return pool.preparedQuery(OF_WEBHOOK)
        .execute(Tuple.of(webhook, before, limit))
        .map(rows -> rows.stream().map(BulkRedeliveryStore::of).toList());
  }

  /** How many of a webhook are known. */
  public Future<Long> count(int webhook) {
    return pool.preparedQuery(COUNT)
        .execute(Tuple.of(webhook))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Those that run, the oldest first. */
  Future<List<BulkRedelivery>> running() {
    return pool.preparedQuery(RUNNING)
        .execute(Tuple.of(BulkRedelivery.RUNNING_MAX))
        .map(rows -> rows.stream().map(BulkRedeliveryStore::of).toList());
  }

  /** Ends one for its owner; completes with whether it was running. */
  public Future<Boolean> cancel(UUID id) {
    return end(id, State.CANCELLED, null);
  }

  /** Ends one that runs. */
  Future<Boolean> end(UUID id, State state, @Nullable String because) {
    return pool.preparedQuery(END)
        .execute(Tuple.of(id, state.wireName(), because))
        .map(rows -> rows.rowCount() == 1);
  }

  /**
   * Makes the deliveries of the next page.
   *
   * @param ids new ids, one for each delivery that is looked at
   */
  Future<Paged> page(Writer writer, Fence fence, BulkRedelivery job, List<UUID> ids) {
    Tuple parameters =
        Tuple.tuple()
            .addLong(fence.epoch())
            .addUUID(job.id())
            .addInteger(job.webhook())
            .addUUID(job.place())
            .addArrayOfUUID(ids.toArray(UUID[]::new))
            .addInteger(ids.size())
            .addString(job.filter().eventType());
    return writer
        .execute(pageStatement(job.filter()), parameters)
        .compose(
            rows -> {
              Row row = rows.iterator().next();
              if (row.getInteger("fenced") == 0) {
                fence.lost();
                return Future.failedFuture(new Fence.LostException());
              }
              return Future.succeededFuture(
                  new Paged(
                      row.getInteger("moved") == 1,
                      row.getInteger("seen"),
                      row.getInteger("made")));
            });
  }

  /** Few texts, so that each is prepared once a connection. */
  private static String pageStatement(Filter filter) {
    // Failed ones have an index; written out, so that the planner can tell that it serves.
    String seen =
        filter.ids() > 0
            ? SEEN_OF_NAMED
            : SEEN.formatted(filter.status() == Ended.FAILED ? " and failed" : "");
    String ended =
        switch (filter.status()) {
          case SUCCESS -> "= 'success'";
          case FAILED -> "= 'failed'";
          case ENDED -> "<> 'pending'";
        };
    return PAGE.formatted(seen, ended);
  }

  /** Every statement of a page, for tests of how they are planned. */
  static Stream<String> pageStatements() {
    return Stream.of(Ended.values())
        .flatMap(
            ended ->
                Stream.of(0, 1)
                    .map(ids -> pageStatement(new Filter(ended, null, null, null, ids))));
  }

  private static BulkRedelivery of(Row row) {
    OffsetDateTime ended = row.getOffsetDateTime("ended_at");
    return new BulkRedelivery(
        row.getUUID("id"),
        row.getInteger("webhook"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("stopped_because"),
        new Filter(
            Ended.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
            row.getString("event_type"),
            instant(row.getLong("from_millis")),
            instant(row.getLong("until_millis")),
            row.getInteger("ids")),
        row.getUUID("place"),
        row.getLong("matching"),
        row.getLong("made"),
        row.getLong("skipped"),
        row.getString("created_by"),
        row.getOffsetDateTime("created_at").withOffsetSameInstant(ZoneOffset.UTC).toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        ended == null ? null : ended.toInstant());
  }

  private static @Nullable Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
