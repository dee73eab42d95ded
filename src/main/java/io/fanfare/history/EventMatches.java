package io.fanfare.history;

import io.fanfare.event.EventType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which webhooks an event was for, and why not the others: all of them, page by page. */
public final class EventMatches {
  /**
   * Each webhook with its place in {@link Match}. A hash join, because an event may have matched as
   * many webhooks as there are.
   */
  private static final String JUDGED =
      """
      with hit as materialized (select unnest(targets) as number from event where id = $1::uuid),
      judged as (
        select %s,
          (case
            when h.number is not null then 0
            when w.created_at > $2::timestamptz then 5
            when w.deleted_at is not null then 6
            when w.project_id is distinct from $3::text and w.project_id is not null then 4
            when not w.events && $4::text[] then 3
            when not w.active then 1
            else 2
          end)::int2 as match
        from webhook w left join hit h on h.number = w.number
        where ($5::text is null or w.project_id = $5::text) and ($6::boolean or h.number is not null)
      )
      """
          .formatted(Rows.WEBHOOK_COLUMNS);

  private static final String COUNTS =
      JUDGED + "select match, count(*) as webhooks from judged group by match";

  private static final String PAGE =
      JUDGED
          + """
          select * from judged
          where ($7::int2 is null or match = $7::int2) and (match, number) > ($8::int2, $9::int4)
          order by match, number limit $10::int4
          """;

  // The pool switches off what reads tables whole, and here a table is read whole.
  private static final String READ_ALL =
      """
      select set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
        set_config('enable_sort', 'on', true)
      """;

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public EventMatches(Pool pool) {
    this.pool = pool;
  }

  /** A webhook, and whether the event was for it. */
  public record Entry(WebhookFacts webhook, Match match) {}

  /**
   * A place in the list; {@link #START} is before its first entry.
   *
   * @param webhook number of the webhook
   */
  public record Place(Match match, int webhook) {
    /** Before the first entry: numbers of webhooks begin with 1. */
    public static final Place START = new Place(Match.MATCHED, 0);
  }

  /**
   * How many webhooks there are of each kind.
   *
   * @param project only those of that project; null for all
   */
  public Future<Map<Match, Long>> counts(EventHistory.Found event, @Nullable String project) {
    return read(COUNTS, parameters(event, project))
        .map(
            rows -> {
              Map<Match, Long> counts = new EnumMap<>(Match.class);
              rows.forEach(
                  row ->
                      counts.put(Match.ofNumber(row.getShort("match")), row.getLong("webhooks")));
              return counts;
            });
  }

  /**
   * A part of the webhooks: those that matched first, and each kind by the age of its webhooks.
   *
   * @param project only those of that project; null for all
   * @param only of this kind only; null for all
   * @param after where the part before ended
   */
  public Future<List<Entry>> page(
      EventHistory.Found event,
      @Nullable String project,
      @Nullable Match only,
      Place after,
      int limit) {
    Tuple parameters =
        parameters(event, project)
            .addShort(only == null ? null : only.number())
            .addShort(after.match().number())
            .addInteger(after.webhook())
            .addInteger(limit);
    return read(PAGE, parameters)
        .map(
            rows -> {
              List<Entry> entries = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      entries.add(
                          new Entry(Rows.webhook(row), Match.ofNumber(row.getShort("match")))));
              return entries;
            });
  }

  private Future<RowSet<Row>> read(String sql, Tuple parameters) {
    return pool.withTransaction(
        connection ->
            connection
                .query(READ_ALL)
                .execute()
                .compose(set -> connection.preparedQuery(sql).execute(parameters)));
  }

  private static Tuple parameters(EventHistory.Found found, @Nullable String project) {
    EventEntry event = found.event();
    return Tuple.tuple()
        .addUUID(event.id())
        .addOffsetDateTime(event.acceptedAt().atOffset(ZoneOffset.UTC))
        .addString(event.projectId())
        .addArrayOfString(patterns(event.type()))
        .addString(project)
        // A test is for one webhook, whatever the others ask for.
        .addBoolean(!found.test());
  }

  /** Every entry of {@code events} that an event of this type matches. */
  private static String[] patterns(String type) {
    return new String[] {EventType.ANY, type.substring(0, type.indexOf('.')) + ".*", type};
  }
}
