package io.fanfare.outcome;

import io.fanfare.database.Writer;
import io.fanfare.delivery.Outcome;
import io.fanfare.event.FlushKinds;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.outcome.HeaderSets.HeaderSet;
import io.fanfare.webhook.CircuitRecord;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of recording: one statement per flush, so that "attempt failed" and "retry is due" are
 * one commit.
 */
final class OutcomeStore {
  // A row that is ended already stays as it is, which makes the statement safe to repeat; the
  // statistics come from the rows that really changed. The id bounds let PostgreSQL leave out the
  // other days' partitions. Milliseconds are divided as floats: a numeric becomes the float that
  // to_timestamp takes by way of its text, which was 7 % of the statement.
  private static final String RECORD =
      """
      with fence as (select 1 from node where epoch = $1::int8),
      o as (
        select * from unnest($2::int4[], $3::uuid[], $4::int2[], $5::int2[], $6::int2[], $7::int8[], $8::int8[],
          $9::int4[], $10::int4[], $11::text[], $12::text[], $13::int2[], $32::int8[])
          as t(webhook, id, next, attempts, probes, due, ended, code, millis, body, error, kind, headers)
      ),
      changed as (
        update delivery d set
          status = (case o.next when 1 then 'success' when 2 then 'failed' else 'pending' end)::delivery_status,
          failed = o.next = 2,
          attempts = o.attempts,
          probes = o.probes,
          due_at = case when o.due > 0 then to_timestamp(o.due / 1000.0::float8) end,
          ended_at = case when o.ended > 0 then to_timestamp(o.ended / 1000.0::float8) else d.ended_at end,
          response_code = case when o.ended > 0 then o.code else d.response_code end,
          response_time = case when o.ended > 0 then o.millis else d.response_time end,
          response_body = case when o.ended > 0 then o.body else d.response_body end,
          error = case when o.ended > 0 then o.error else d.error end,
          usual_headers = o.headers
        from o, fence
        where d.webhook = o.webhook and d.id = o.id and d.id between $14::uuid and $15::uuid and d.status = 'pending'
        returning d.webhook, d.test, o.next, o.kind, o.ended, o.millis
      ),
      counts as (
        insert into stat_delta (types, accepted_hours, webhooks, kinds, statuses, ended_millis, response_millis)
        select $36::text[], $37::int8[], array_agg(webhook), array_agg(kind), array_agg(next), array_agg(ended),
          array_agg(coalesce(millis, -1))
        from changed where next in (1, 2) and not test
        having count(*) > 0
      ),
      logged as (
        insert into attempt (webhook, delivery_id, n, started_at, probe, response_code, response_time, response_body,
          response_headers, error)
        select t.webhook, t.id, t.n, to_timestamp(t.started / 1000.0::float8), t.probe, t.code, t.millis, t.body,
          t.headers, t.error
        from unnest($16::int4[], $17::uuid[], $18::int2[], $19::int8[], $20::bool[], $21::int4[], $22::int4[],
          $23::text[], $24::text[], $25::text[])
          as t(webhook, id, n, started, probe, code, millis, body, headers, error), fence
        on conflict do nothing
      ),
      circuits as (
        update webhook w set
          circuit_state = c.state,
          circuit_opened_at = case when c.opened > 0 then to_timestamp(c.opened / 1000.0::float8) end,
          circuit_probe_at = case when c.probe > 0 then to_timestamp(c.probe / 1000.0::float8) end,
          circuit_failures = c.failures,
          circuit_trips = c.trips
        from unnest($26::int4[], $27::text[], $28::int8[], $29::int8[], $30::int4[], $31::int4[])
          as c(webhook, state, opened, probe, failures, trips), fence
        where w.number = c.webhook
      ),
      header_sets as (
        insert into usual_headers (day, id, headers)
        select t.day, t.id, t.headers from unnest($33::int4[], $34::int8[], $35::text[]) as t(day, id, headers), fence
        on conflict do nothing
      )
      select count(*)::int4 as fenced from fence
      """;

  private final Fence fence;

  OutcomeStore(Fence fence) {
    this.fence = fence;
  }

  /**
   * A line of the flush.
   *
   * @param outcome null where no attempt was made
   * @param logged whether the attempt gets a row of its own
   * @param headers where it gets none: the answer's headers
   */
  record Line(
      int webhook,
      UUID id,
      String eventType,
      Settlement settlement,
      @Nullable Outcome outcome,
      long endedAtMillis,
      boolean probe,
      boolean logged,
      @Nullable HeaderSet headers) {
    /** The same without what the receiver answered, and without any text of a stranger's. */
    Line withoutAnswer() {
      Settlement bare =
          new Settlement(
              settlement.next(),
              settlement.attempts(),
              settlement.probes(),
              settlement.dueAtMillis(),
              settlement.error() == null ? null : "internal error",
              settlement.gone());
      return new Line(webhook, id, eventType, bare, null, endedAtMillis, probe, false, null);
    }
  }

  /** What goes along with the lines of a flush: changed circuits, and header sets that are new. */
  record Along(Map<Integer, CircuitRecord> circuits, SortedSet<HeaderSet> headers) {
    static final Along NOTHING = new Along(Map.of(), Collections.emptySortedSet());
  }

  /**
   * Records a flush; lines must be sorted by webhook and id, so that two statements lock rows in
   * one order.
   */
  Future<Void> record(Writer writer, List<Line> lines, Along along) {
    return writer.execute(RECORD, parameters(lines, along)).compose(this::fenced);
  }

  private Future<Void> fenced(RowSet<Row> rows) {
    if (rows.iterator().next().getInteger(0) == 1) {
      return Future.succeededFuture();
    }
    fence.lost();
    return Future.failedFuture(new Fence.LostException());
  }

  private Tuple parameters(List<Line> lines, Along along) {
    int n = lines.size();
    Integer[] webhooks = new Integer[n];
    UUID[] ids = new UUID[n];
    Short[] nexts = new Short[n];
    Short[] attempts = new Short[n];
    Short[] probes = new Short[n];
    Long[] dues = new Long[n];
    Long[] ends = new Long[n];
    Integer[] codes = new Integer[n];
    Integer[] millis = new Integer[n];
    String[] bodies = new String[n];
    String[] errors = new String[n];
    Short[] kinds = new Short[n];
    FlushKinds flushKinds = new FlushKinds();
    Long[] headers = new Long[n];
    UUID smallest = IdGenerator.ZERO;
    UUID largest = IdGenerator.ZERO;
    for (int i = 0; i < n; i++) {
      Line line = lines.get(i);
      Settlement settlement = line.settlement();
      Outcome outcome = line.outcome();
      webhooks[i] = line.webhook();
      ids[i] = line.id();
      nexts[i] = code(settlement.next());
      attempts[i] = (short) settlement.attempts();
      probes[i] = (short) settlement.probes();
      dues[i] = settlement.dueAtMillis();
      ends[i] = line.endedAtMillis();
      codes[i] = outcome == null ? null : outcome.responseCode();
      millis[i] = outcome == null ? null : outcome.responseMillis();
      bodies[i] = outcome == null || line.logged() ? null : outcome.responseBody();
      errors[i] = settlement.error();
      headers[i] = line.headers() == null ? null : line.headers().number();
      kinds[i] = flushKinds.of(line.eventType(), line.id());
      if (i == 0 || IdGenerator.ORDER.compare(line.id(), smallest) < 0) {
        smallest = line.id();
      }
      if (i == 0 || IdGenerator.ORDER.compare(line.id(), largest) > 0) {
        largest = line.id();
      }
    }
    Tuple tuple =
        Tuple.of(fence.epoch())
            .addArrayOfInteger(webhooks)
            .addArrayOfUUID(ids)
            .addArrayOfShort(nexts)
            .addArrayOfShort(attempts)
            .addArrayOfShort(probes)
            .addArrayOfLong(dues)
            .addArrayOfLong(ends)
            .addArrayOfInteger(codes)
            .addArrayOfInteger(millis)
            .addArrayOfString(bodies)
            .addArrayOfString(errors)
            .addArrayOfShort(kinds)
            .addUUID(smallest)
            .addUUID(largest);
    addAttempts(tuple, lines);
    addCircuits(tuple, along.circuits());
    tuple.addArrayOfLong(headers);
    addHeaderSets(tuple, along.headers());
    return tuple.addArrayOfString(flushKinds.types()).addArrayOfLong(flushKinds.hours());
  }

  private static short code(Settlement.Next next) {
    return switch (next) {
      case SUCCESS -> 1;
      case FAILED -> 2;
      case WAIT -> 3;
    };
  }

  private static void addAttempts(Tuple tuple, List<Line> lines) {
    List<Line> logged =
        lines.stream().filter(line -> line.logged() && line.outcome() != null).toList();
    int n = logged.size();
    Integer[] webhooks = new Integer[n];
    UUID[] ids = new UUID[n];
    Short[] numbers = new Short[n];
    Long[] starts = new Long[n];
    Boolean[] probes = new Boolean[n];
    Integer[] codes = new Integer[n];
    Integer[] millis = new Integer[n];
    String[] bodies = new String[n];
    String[] headers = new String[n];
    String[] errors = new String[n];
    for (int i = 0; i < n; i++) {
      Line line = logged.get(i);
      Outcome outcome = java.util.Objects.requireNonNull(line.outcome());
      webhooks[i] = line.webhook();
      ids[i] = line.id();
      numbers[i] = (short) line.settlement().attempts();
      starts[i] = outcome.startedAtMillis();
      probes[i] = line.probe();
      codes[i] = outcome.responseCode();
      millis[i] = outcome.responseMillis();
      bodies[i] = outcome.responseBody();
      headers[i] = outcome.responseHeaders();
      errors[i] = line.settlement().error();
    }
    tuple
        .addArrayOfInteger(webhooks)
        .addArrayOfUUID(ids)
        .addArrayOfShort(numbers)
        .addArrayOfLong(starts)
        .addArrayOfBoolean(probes)
        .addArrayOfInteger(codes)
        .addArrayOfInteger(millis)
        .addArrayOfString(bodies)
        .addArrayOfString(headers)
        .addArrayOfString(errors);
  }

  private static void addHeaderSets(Tuple tuple, SortedSet<HeaderSet> sets) {
    tuple
        .addArrayOfInteger(sets.stream().map(HeaderSet::day).toArray(Integer[]::new))
        .addArrayOfLong(sets.stream().map(HeaderSet::number).toArray(Long[]::new))
        .addArrayOfString(sets.stream().map(HeaderSet::headers).toArray(String[]::new));
  }

  private static void addCircuits(Tuple tuple, Map<Integer, CircuitRecord> circuits) {
    int n = circuits.size();
    Integer[] webhooks = new Integer[n];
    String[] states = new String[n];
    Long[] opened = new Long[n];
    Long[] probes = new Long[n];
    Integer[] failures = new Integer[n];
    Integer[] trips = new Integer[n];
    int i = 0;
    for (Map.Entry<Integer, CircuitRecord> entry : circuits.entrySet()) {
      CircuitRecord circuit = entry.getValue();
      webhooks[i] = entry.getKey();
      states[i] = circuit.state();
      opened[i] = circuit.openedAt() == null ? 0 : circuit.openedAt().toEpochMilli();
      probes[i] = circuit.probeAt() == null ? 0 : circuit.probeAt().toEpochMilli();
      failures[i] = circuit.failures();
      trips[i] = circuit.trips();
      i++;
    }
    tuple
        .addArrayOfInteger(webhooks)
        .addArrayOfString(states)
        .addArrayOfLong(opened)
        .addArrayOfLong(probes)
        .addArrayOfInteger(failures)
        .addArrayOfInteger(trips);
  }
}
