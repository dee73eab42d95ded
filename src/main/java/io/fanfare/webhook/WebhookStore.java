package io.fanfare.webhook;

import io.fanfare.config.StartException;
import io.fanfare.failpoint.Failpoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All SQL of webhooks. A webhook that is marked deleted is as if it were not there. */
public final class WebhookStore {
  private static final int PAGE_ROWS = 1_000;

  private static final String INSERT =
      """
      insert into webhook (id, name, url, events, description, secret_sealed, headers_sealed, active,
        disabled_reason, timeout_millis, max_attempts, backoff_strategy, initial_delay_millis,
        max_delay_millis, retry_on_status, retry_on_timeout, updated_at, project_id, created_at,
        created_by)
      values ($1::uuid, $2::text, $3::text, $4::text[], $5::text, $6::bytea, $7::bytea, $8::boolean,
        $9::text, $10::int4, $11::int4, $12::text, $13::int8, $14::int8, $15::int4[], $16::boolean,
        $17::timestamptz, $18::text, $19::timestamptz, $20::text)
      returning
      """
          + WebhookRow.COLUMNS;

  private static final String UPDATE =
      """
      update webhook set name = $2::text, url = $3::text, events = $4::text[],
        description = $5::text, secret_sealed = $6::bytea, headers_sealed = $7::bytea,
        active = $8::boolean, disabled_reason = $9::text, timeout_millis = $10::int4,
        max_attempts = $11::int4, backoff_strategy = $12::text, initial_delay_millis = $13::int8,
        max_delay_millis = $14::int8, retry_on_status = $15::int4[], retry_on_timeout = $16::boolean,
        updated_at = $17::timestamptz, version = version + 1,
        circuit_state = case when $18::boolean then 'closed' else circuit_state end,
        circuit_opened_at = case when $18::boolean then null else circuit_opened_at end,
        circuit_probe_at = case when $18::boolean then null else circuit_probe_at end,
        circuit_failures = case when $18::boolean then 0 else circuit_failures end,
        circuit_trips = case when $18::boolean then 0 else circuit_trips end
      where id = $1::uuid and deleted_at is null
      returning
      """
          + WebhookRow.COLUMNS;

  private static final String SET_INACTIVE_GONE =
      """
      update webhook set active = false, disabled_reason = 'gone', version = version + 1,
        updated_at = $3::timestamptz
      where number = $1::int4 and url = $2::text and active and deleted_at is null
      returning
      """
          + WebhookRow.COLUMNS;

  // What is secret goes at once; the row stays, so that its number and history keep their meaning.
  private static final String MARK_DELETED =
      """
      update webhook set deleted_at = $2::timestamptz, secret_sealed = '', headers_sealed = ''
      where id = $1::uuid and deleted_at is null
      """;

  private static final String FIND =
      "select " + WebhookRow.COLUMNS + " from webhook where id = $1::uuid and deleted_at is null";

  private static final String LOCK = FIND + " for update";

  private static final String LOAD_PAGE =
      "select "
          + WebhookRow.COLUMNS
          + """
          from webhook where number > $1::int4 and deleted_at is null
          order by number limit $2::int4
          """;

  private static final String KEYS_IN_USE =
      """
      select substring(sealed from 2 for 4) as key_id, count(*) as rows
      from webhook, lateral (values (secret_sealed), (headers_sealed)) as both_columns (sealed)
      where deleted_at is null and length(sealed) > 17
      group by key_id
      """;

  private static final String REKEY_PAGE =
      """
      select number, id, secret_sealed, headers_sealed from webhook
      where number > $1::int4 and deleted_at is null
        and (substring(secret_sealed from 2 for 4) <> $2::bytea
          or substring(headers_sealed from 2 for 4) <> $2::bytea)
      order by number limit $3::int4
      """;

  // Only over what was read: a change in between was sealed by a running service.
  private static final String REKEY =
      """
      update webhook as w set secret_sealed = n.secret, headers_sealed = n.headers
      from unnest($1::int4[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
        as n (number, old_secret, old_headers, secret, headers)
      where w.number = n.number and w.secret_sealed = n.old_secret
        and w.headers_sealed = n.old_headers and w.deleted_at is null
      """;

  /** What a change makes of a webhook. */
  public record Change(Webhook after, boolean closeCircuit) {}

  /** A webhook before and after a change; both are the same where nothing was changed. */
  public record Changed(Webhook before, Webhook after, boolean closeCircuit) {}

  /** A part of the list, and how many entries there are in all. */
  public record Listed(List<Webhook> fetched, long total) {}

  /** Rows by the id of the key that sealed them, as {@link SecretSeal#shown} has it. */
  public record RekeyReport(long rekeyed, Map<String, Long> columnsByKeyId) {}

  private final Pool pool;
  private final Pool readPool;
  private final SecretSeal seal;
  private final WebhookRow rows;
  private final int pageRows;

  /**
   * Uses one pool for all.
   *
   * @see #WebhookStore(Pool, Pool, SecretSeal)
   */
  public WebhookStore(Pool pool, SecretSeal seal) {
    this(pool, pool, seal);
  }

  /**
   * Writes by one pool, lists by another.
   *
   * @param readPool may be slow without harm to the other
   */
  public WebhookStore(Pool pool, Pool readPool, SecretSeal seal) {
    this(pool, readPool, seal, PAGE_ROWS);
  }

  WebhookStore(Pool pool, Pool readPool, SecretSeal seal, int pageRows) {
    this.pool = pool;
    this.readPool = readPool;
    this.seal = seal;
    this.rows = new WebhookRow(seal);
    this.pageRows = pageRows;
  }

  /**
   * Adds a webhook; its number is given by the database.
   *
   * @return the webhook as it is stored
   */
  public Future<Webhook> insert(Webhook webhook) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(webhook.id());
    values.addAll(rows.settings(webhook));
    values.add(webhook.projectId());
    values.add(webhook.createdAt().atOffset(ZoneOffset.UTC));
    values.add(webhook.createdBy());
    return pool.preparedQuery(INSERT).execute(Tuple.from(values)).map(this::one).map(Optional::get);
  }

  /**
   * Changes a webhook; its row is locked while {@code change} looks at it, so that no other change
   * gets lost.
   *
   * @param change what to make of it; null for nothing; what it throws fails the future
   * @return empty where there is no such webhook
   */
  public Future<Optional<Changed>> update(UUID id, Function<Webhook, @Nullable Change> change) {
    return pool.withTransaction(
        connection ->
            find(connection, LOCK, id)
                .compose(
                    found ->
                        found.isEmpty()
                            ? Future.succeededFuture(Optional.empty())
                            : update(connection, found.get(), change).map(Optional::of)));
  }

  private Future<Changed> update(
      SqlConnection connection, Webhook before, Function<Webhook, @Nullable Change> change) {
    Change wanted = change.apply(before);
    if (wanted == null) {
      return Future.succeededFuture(new Changed(before, before, false));
    }
    List<@Nullable Object> values = new ArrayList<>();
    values.add(before.id());
    values.addAll(rows.settings(wanted.after()));
    values.add(wanted.closeCircuit());
    return connection
        .preparedQuery(UPDATE)
        .execute(Tuple.from(values))
        .map(updated -> new Changed(before, one(updated).orElseThrow(), wanted.closeCircuit()));
  }

  /**
   * The receiver of a webhook answered 410: makes it inactive, unless it has another URL by now.
   *
   * @param webhook as it was when the attempt was made
   * @return the webhook after the change; empty where nothing was changed
   */
  public Future<Optional<Webhook>> setInactiveGone(Webhook webhook, Instant now) {
    return pool.preparedQuery(SET_INACTIVE_GONE)
        .execute(Tuple.of(webhook.number(), webhook.url(), now.atOffset(ZoneOffset.UTC)))
        .map(this::one);
  }

  /**
   * Marks a webhook deleted, and forgets its secret and headers.
   *
   * @return whether it was there
   */
  public Future<Boolean> markDeleted(UUID id, Instant now) {
    return pool.preparedQuery(MARK_DELETED)
        .execute(Tuple.of(id, now.atOffset(ZoneOffset.UTC)))
        .map(updated -> updated.rowCount() == 1);
  }

  /** The webhook of an id. */
  public Future<Optional<Webhook>> find(UUID id) {
    return find(pool, FIND, id);
  }

  private Future<Optional<Webhook>> find(SqlClient client, String sql, UUID id) {
    return client.preparedQuery(sql).execute(Tuple.of(id)).map(this::one);
  }

  /** A part of the list. */
  public Future<Listed> list(WebhookQuery query) {
    WebhookListSql sql = new WebhookListSql(query);
    return readPool
        .preparedQuery(sql.page())
        .execute(sql.pageParameters())
        .compose(
            fetched ->
                readPool
                    .preparedQuery(sql.count())
                    .execute(sql.countParameters())
                    .map(count -> new Listed(all(fetched), count.iterator().next().getLong(0))));
  }

  /**
   * Reads all webhooks, a page at a time.
   *
   * @return fails with a {@link StartException} where secrets are sealed with a key that is not in
   *     the ring
   */
  public Future<Void> loadAll(Consumer<Collection<Webhook>> page) {
    return requireKeys().compose(complete -> loadPages(loadPage(0), page));
  }

  private Future<Void> loadPages(Future<RowSet<Row>> fetching, Consumer<Collection<Webhook>> page) {
    return fetching.compose(
        fetched -> {
          // The next page is on its way while this one is opened.
          @Nullable Future<RowSet<Row>> next =
              fetched.size() < pageRows ? null : loadPage(lastNumber(fetched));
          page.accept(all(fetched));
          return next == null ? Future.succeededFuture() : loadPages(next, page);
        });
  }

  private Future<RowSet<Row>> loadPage(int after) {
    return pool.preparedQuery(LOAD_PAGE).execute(Tuple.of(after, pageRows));
  }

  private static int lastNumber(RowSet<Row> rows) {
    int last = 0;
    for (Row row : rows) {
      last = row.getInteger("number");
    }
    return last;
  }

  private Future<Void> requireKeys() {
    return keysInUse()
        .compose(
            inUse -> {
              List<String> missing =
                  inUse.keySet().stream().filter(keyId -> !seal.has(keyId)).toList();
              return missing.isEmpty()
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      StartException.misconfigured(
                          "secrets in the database are sealed with keys that are not in secrets.keys"
                              + " (ids "
                              + String.join(", ", missing)
                              + "); add the keys with which it ran before"));
            });
  }

  private Future<Map<String, Long>> keysInUse() {
    return pool.preparedQuery(KEYS_IN_USE)
        .execute()
        .map(
            counted -> {
              Map<String, Long> inUse = new TreeMap<>();
              for (Row row : counted) {
                int keyId = row.getBuffer("key_id").getInt(0);
                inUse.put(SecretSeal.shown(keyId), row.getLong("rows"));
              }
              return inUse;
            });
  }

  /**
   * Seals all secrets with the first key of the ring, in batches, beside a running service too.
   * What cannot be opened stays as it is, and is seen in the report.
   */
  public Future<RekeyReport> rekey() {
    return rekeyFrom(0, 0)
        .compose(rekeyed -> keysInUse().map(inUse -> new RekeyReport(rekeyed, inUse)));
  }

  private Future<Long> rekeyFrom(int after, long done) {
    Buffer keyId = Buffer.buffer(ByteBuffer.allocate(4).putInt(seal.sealingKeyId()).array());
    return pool.preparedQuery(REKEY_PAGE)
        .execute(Tuple.of(after, keyId, pageRows))
        .compose(
            page -> {
              if (page.size() == 0) {
                return Future.succeededFuture(done);
              }
              RekeyBatch batch = new RekeyBatch(seal);
              page.forEach(batch::add);
              return pool.preparedQuery(REKEY)
                  .execute(batch.tuple())
                  .onSuccess(updated -> Failpoint.REKEY_MID.hit())
                  .compose(updated -> rekeyFrom(batch.lastNumber(), done + updated.rowCount()));
            });
  }

  private Optional<Webhook> one(RowSet<Row> fetched) {
    return all(fetched).stream().findFirst();
  }

  private List<Webhook> all(RowSet<Row> fetched) {
    List<Webhook> webhooks = new ArrayList<>(fetched.size());
    fetched.forEach(row -> webhooks.add(rows.toWebhook(row)));
    return webhooks;
  }
}
