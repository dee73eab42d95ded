package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads when circuits changed. */
public final class CircuitHistory {
  private static final String PAGE =
      """
      select id, state, failures, probe_at from circuit_change
      where webhook = $1::int4 and id >= $2::uuid and id < $3::uuid
      order by id desc limit $4::int4
      """;

  private static final String COUNT =
      """
      select count(*) from circuit_change
      where webhook = $1::int4 and id >= $2::uuid and id < $3::uuid
      """;

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public CircuitHistory(Pool pool) {
    this.pool = pool;
  }

  /**
   * A change.
   *
   * @param state that it came to
   * @param failures failed attempts in a row
   * @param probeAt when the next probe may go; null where it closed
   */
  public record Change(UUID id, String state, int failures, @Nullable Instant probeAt) {
    /** When it happened. */
    public Instant at() {
      return Instant.ofEpochMilli(IdGenerator.millis(id));
    }
  }

  /**
   * Changes of a webhook's circuit, newest first.
   *
   * @param from first moment; null for no bound
   * @param until the millisecond after the last; null for no bound
   * @param before only those with smaller ids; null for all
   */
  public Future<List<Change>> page(
      int webhook,
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable UUID before,
      int limit) {
    TimeRange range = TimeRange.of(from, until);
    UUID end =
        before == null || IdGenerator.ORDER.compare(before, range.end()) > 0 ? range.end() : before;
    return pool.preparedQuery(PAGE)
        .execute(Tuple.of(webhook, range.first(), end, limit))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Change(
                                row.getUUID("id"),
                                row.getString("state"),
                                row.getInteger("failures"),
                                Rows.instant(row, "probe_at")))
                    .toList());
  }

  /** How many there are. */
  public Future<Long> count(int webhook, @Nullable Instant from, @Nullable Instant until) {
    TimeRange range = TimeRange.of(from, until);
    return pool.preparedQuery(COUNT)
        .execute(Tuple.of(webhook, range.first(), range.end()))
        .map(rows -> rows.iterator().next().getLong(0));
  }
}
