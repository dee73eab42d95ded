package io.fanfare.event;

import io.fanfare.database.Writer;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The SQL of accepting events. Every statement is one per flush, whatever the flush holds. */
final class IngestStore {
  // One round trip and one commit: the events, their deliveries, and the row of statistics, unless
  // another process has taken over.
  private static final String INSERT =
      """
      with fence as (select 1 from node where epoch = $1::int8),
      events as (
        insert into event (id, type, project_id, occurred_at, data, targets, test, traceparent)
        select t.id, ($2::text[])[t.kind], t.project_id, t.occurred_at, t.data, ($11::int4[])[t.low:t.high], false,
          t.traceparent
        from unnest($4::uuid[], $5::int2[], $6::text[], $7::text[], $8::bytea[], $9::int4[], $10::int4[],
          $21::text[]) as t(id, kind, project_id, occurred_at, data, low, high, traceparent), fence
      ),
      deliveries as (
        insert into delivery (webhook, id, event_id, event_type, status, due_at)
        select t.webhook, t.id, t.event_id, ($2::text[])[t.kind], 'pending',
          case when t.spilled then to_timestamp($17::int8 / 1000.0::float8) end
        from unnest($12::int4[], $13::uuid[], $14::uuid[], $15::int2[], $16::bool[])
          as t(webhook, id, event_id, kind, spilled), fence
      ),
      counts as (
        insert into stat_delta (types, accepted_hours, webhooks, kinds, event_kinds, event_projects, event_counts)
        select $2::text[], $3::int8[], $12::int4[], $15::int2[], $18::int2[], $19::text[], $20::int4[] from fence
      )
      select count(*)::int4 as fenced from fence
      """;

  // A key that is older than its time is taken over; any other conflict returns no row.
  private static final String CLAIM_KEYS =
      """
      insert into idempotency_key (scope, key, body_hash, answer, created_at)
      select t.scope, t.key, t.body_hash, t.answer, now()
      from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as t(scope, key, body_hash, answer)
      order by t.scope, t.key
      on conflict (scope, key) do update
        set body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at
        where idempotency_key.created_at < now() - $5::int8 * interval '1 millisecond'
      returning scope, key
      """;

  private static final String READ_KEYS =
      """
      select k.scope, k.key, k.body_hash, k.answer
      from unnest($1::text[], $2::text[]) as t(scope, key)
      join idempotency_key k on k.scope = t.scope and k.key = t.key
      """;

  private static final String IS_COMMITTED =
      "select exists (select 1 from event where id = $1::uuid) as committed";

  // Of a flush without any: what is missing of one array counts as null beside the longer ones.
  private static final String[] NO_TRACES = {};

  private final Fence fence;

  IngestStore(Fence fence) {
    this.fence = fence;
  }

  /** A key that somebody used before. */
  @SuppressWarnings(
      "ArrayRecordComponent") // compared by its one reader, never as part of the record
  record KnownKey(String scope, String key, byte[] bodyHash, JsonObject answer) {}

  /** Commits a flush in one statement. */
  Future<Void> insert(Writer writer, Flush flush) {
    return writer
        .execute(INSERT, parameters(flush, 0, flush.deliveries().size()))
        .compose(this::fenced);
  }

  /** Inserts a flush inside a transaction, its deliveries in chunks. */
  Future<Void> insert(SqlConnection connection, Flush flush, int chunk) {
    int size = flush.deliveries().size();
    Future<Void> done = insertChunk(connection, flush, 0, Math.min(chunk, size));
    for (int from = chunk; from < size; from += chunk) {
      int start = from;
      done =
          done.compose(v -> insertChunk(connection, flush, start, Math.min(start + chunk, size)));
    }
    return done;
  }

  private Future<Void> insertChunk(SqlConnection connection, Flush flush, int from, int to) {
    return connection
        .preparedQuery(INSERT)
        .execute(parameters(flush, from, to))
        .compose(this::fenced);
  }

  /** Claims the idempotency keys of a flush; completes with those that were somebody's already. */
  Future<List<KnownKey>> claimKeys(SqlConnection connection, Flush flush, long ttlMillis) {
    List<Flush.Keyed> keyed = flush.keyed();
    String[] scopes = keyed.stream().map(k -> k.idempotency().scope()).toArray(String[]::new);
    String[] keys = keyed.stream().map(k -> k.idempotency().key()).toArray(String[]::new);
    Buffer[] hashes =
        keyed.stream().map(k -> Buffer.buffer(k.idempotency().bodyHash())).toArray(Buffer[]::new);
    Buffer[] answers = keyed.stream().map(k -> k.answer().body()).toArray(Buffer[]::new);
    return connection
        .preparedQuery(CLAIM_KEYS)
        .execute(
            Tuple.tuple()
                .addArrayOfString(scopes)
                .addArrayOfString(keys)
                .addArrayOfBuffer(hashes)
                .addArrayOfBuffer(answers)
                .addLong(ttlMillis))
        .compose(
            claimed ->
                claimed.rowCount() == keyed.size()
                    ? Future.succeededFuture(List.<KnownKey>of())
                    : connection
                        .preparedQuery(READ_KEYS)
                        .execute(Tuple.tuple().addArrayOfString(scopes).addArrayOfString(keys))
                        .map(rows -> unclaimed(rows, claimed)));
  }

  private static List<KnownKey> unclaimed(RowSet<Row> all, RowSet<Row> claimed) {
    var ours = new java.util.HashSet<List<String>>();
    claimed.forEach(row -> ours.add(List.of(row.getString(0), row.getString(1))));
    List<KnownKey> known = new ArrayList<>();
    for (Row row : all) {
      if (!ours.contains(List.of(row.getString(0), row.getString(1)))) {
        known.add(
            new KnownKey(
                row.getString(0),
                row.getString(1),
                row.getBuffer(2).getBytes(),
                row.getBuffer(3).toJsonObject()));
      }
    }
    return known;
  }

  /** Whether the flush with this event was committed. Ask only after its backend is gone. */
  Future<Boolean> isCommitted(Pool pool, UUID event) {
    return pool.preparedQuery(IS_COMMITTED)
        .execute(Tuple.of(event))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  private Future<Void> fenced(RowSet<Row> rows) {
    if (rows.iterator().next().getInteger(0) == 1) {
      return Future.succeededFuture();
    }
    fence.lost();
    return Future.failedFuture(new Fence.LostException());
  }

  /** The events go with the first chunk only. */
  private Tuple parameters(Flush flush, int from, int to) {
    FlushKinds kinds = new FlushKinds();
    List<Flush.Entry> events = from == 0 ? flush.events() : List.of();
    int n = events.size();
    UUID[] ids = new UUID[n];
    Short[] eventKinds = new Short[n];
    String[] projects = new String[n];
    String[] timestamps = new String[n];
    Buffer[] data = new Buffer[n];
    Integer[] lows = new Integer[n];
    Integer[] highs = new Integer[n];
    Integer[] targets = new Integer[from == 0 ? flush.deliveries().size() : 0];
    String[] traces = NO_TRACES;
    EventCounts counts = new EventCounts();
    for (int i = 0; i < n; i++) {
      Flush.Entry entry = events.get(i);
      Event event = entry.event();
      ids[i] = event.id();
      eventKinds[i] = kinds.of(event.type(), event.id());
      projects[i] = event.projectId();
      timestamps[i] = event.timestamp();
      data[i] = event.data();
      lows[i] = entry.low() + 1; // PostgreSQL counts from 1, and its slices include both ends
      highs[i] = entry.high();
      counts.add(eventKinds[i], event.projectId());
      if (event.trace() != null) {
        traces = traces.length == 0 ? new String[n] : traces;
        traces[i] = event.trace().traceparent();
      }
    }
    for (int i = 0; i < targets.length; i++) {
      targets[i] = flush.deliveries().get(i).webhook();
    }
    int m = to - from;
    Integer[] webhooks = new Integer[m];
    UUID[] deliveryIds = new UUID[m];
    UUID[] eventIds = new UUID[m];
    Short[] deliveryKinds = new Short[m];
    Boolean[] spilled = new Boolean[m];
    for (int i = 0; i < m; i++) {
      Flush.Target target = flush.deliveries().get(from + i);
      webhooks[i] = target.webhook();
      deliveryIds[i] = target.id();
      eventIds[i] = target.event().id();
      deliveryKinds[i] = kinds.of(target.event().type(), target.id());
      spilled[i] = target.spilled();
    }
    return Tuple.of(fence.epoch())
        .addArrayOfString(kinds.types())
        .addArrayOfLong(kinds.hours())
        .addArrayOfUUID(ids)
        .addArrayOfShort(eventKinds)
        .addArrayOfString(projects)
        .addArrayOfString(timestamps)
        .addArrayOfBuffer(data)
        .addArrayOfInteger(lows)
        .addArrayOfInteger(highs)
        .addArrayOfInteger(targets)
        .addArrayOfInteger(webhooks)
        .addArrayOfUUID(deliveryIds)
        .addArrayOfUUID(eventIds)
        .addArrayOfShort(deliveryKinds)
        .addArrayOfBoolean(spilled)
        .addLong(flush.builtAtMillis())
        .addArrayOfShort(counts.kinds())
        .addArrayOfString(counts.projects())
        .addArrayOfInteger(counts.counts())
        .addArrayOfString(traces);
  }
}
