package io.fanfare.api;

import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All SQL of API keys. Tokens are stored as SHA-256 only. */
public final class KeyStore {
  private static final String INSERT =
      """
      insert into api_key (id, name, role, project_id, user_id, token_hash, created_at)
      values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::timestamptz)
      """;

  private static final String INSERT_FIRST =
      """
      insert into api_key (id, name, role, project_id, user_id, token_hash, created_at)
      select $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::timestamptz
      where not exists (select from api_key)
      """;

  private static final String FIND_BY_HASH =
      """
      select id, name, role, project_id, user_id, created_at, token_hash
      from api_key where token_hash = $1::bytea and revoked_at is null
      """;

  private static final String LIST =
      """
      select id, name, role, project_id, user_id, created_at
      from api_key
      where revoked_at is null
        and ($1::text is null or project_id = $1::text)
        and ($2::uuid is null or case when $3::boolean then id > $2::uuid else id < $2::uuid end)
      order by case when $3::boolean then id end asc, case when not $3::boolean then id end desc
      limit $4::int8 offset $5::int8
      """;

  private static final String COUNT =
      """
      select count(*) from api_key
      where revoked_at is null and ($1::text is null or project_id = $1::text)
      """;

  private static final String REVOKE =
      """
      update api_key set revoked_at = $3::timestamptz
      where id = $1::uuid and revoked_at is null
        and ($2::text is null or project_id = $2::text)
      """;

  /** A key just made, with its token, which is not to be had again. */
  public record Created(ApiKey key, String token) {}

  /** A part of the list of keys. */
  public record Listed(List<ApiKey> fetched, long total) {}

  private final Pool pool;
  private final IdGenerator ids;
  private final RandomGenerator random;
  private final Clock clock;

  /**
   * @param random makes tokens: a {@link java.security.SecureRandom} except in tests
   */
  public KeyStore(Pool pool, IdGenerator ids, RandomGenerator random, Clock clock) {
    this.pool = pool;
    this.ids = ids;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Makes a key.
   *
   * @param projectId the only project that it sees and changes; null for all
   * @param userId {@code created_by} of what it creates; null for the key's own id
   */
  public Future<Created> create(
      String name, Role role, @Nullable String projectId, @Nullable String userId) {
    Created created = make(name, role, projectId, userId);
    return pool.preparedQuery(INSERT).execute(tuple(created)).map(created);
  }

  /** Makes the first admin key where there never was a key; empty where there was one. */
  public Future<Optional<Created>> createFirst() {
    Created created = make("first admin", Role.ADMIN, null, null);
    return pool.preparedQuery(INSERT_FIRST)
        .execute(tuple(created))
        .map(rows -> rows.rowCount() == 1 ? Optional.of(created) : Optional.empty());
  }

  /** The key of a token; empty where there is none or it was revoked. */
  public Future<Optional<ApiKey>> find(String token) {
    byte[] hash = ApiToken.hash(token);
    return pool.preparedQuery(FIND_BY_HASH)
        .execute(Tuple.of(Buffer.buffer(hash)))
        .map(
            rows -> {
              for (Row row : rows) {
                if (MessageDigest.isEqual(hash, row.getBuffer("token_hash").getBytes())) {
                  return Optional.of(toKey(row));
                }
              }
              return Optional.empty();
            });
  }

  /**
   * Keys that are not revoked, by the time of their creation.
   *
   * @param projectId only those of that project; null for all
   * @param after the last key of the part before; null for the start of the list
   */
  public Future<Listed> list(
      @Nullable String projectId, @Nullable UUID after, boolean ascending, int limit, long offset) {
    return pool.preparedQuery(LIST)
        .execute(Tuple.of(projectId, after, ascending, (long) limit, offset))
        .compose(
            rows ->
                pool.preparedQuery(COUNT)
                    .execute(Tuple.of(projectId))
                    .map(count -> new Listed(toKeys(rows), count.iterator().next().getLong(0))));
  }

  /**
   * Revokes a key.
   *
   * @param projectId only if it is of that project; null for any
   * @return when it was revoked; empty where there is no such key
   */
  public Future<Optional<Instant>> revoke(UUID id, @Nullable String projectId) {
    Instant now = now();
    return pool.preparedQuery(REVOKE)
        .execute(Tuple.of(id, projectId, now.atOffset(ZoneOffset.UTC)))
        .map(rows -> rows.rowCount() == 1 ? Optional.of(now) : Optional.empty());
  }

  private Created make(
      String name, Role role, @Nullable String projectId, @Nullable String userId) {
    UUID id = ids.next();
    ApiKey key =
        new ApiKey(
            id, name, role, projectId, userId == null ? IdKind.KEY.format(id) : userId, now());
    return new Created(key, ApiToken.generate(random));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Tuple tuple(Created created) {
    ApiKey key = created.key();
    return Tuple.of(
        key.id(),
        key.name(),
        key.role().wireName(),
        key.projectId(),
        key.userId(),
        Buffer.buffer(ApiToken.hash(created.token())),
        key.createdAt().atOffset(ZoneOffset.UTC));
  }

  private static List<ApiKey> toKeys(RowSet<Row> rows) {
    List<ApiKey> keys = new ArrayList<>(rows.size());
    rows.forEach(row -> keys.add(toKey(row)));
    return keys;
  }

  private static ApiKey toKey(Row row) {
    return new ApiKey(
        row.getUUID("id"),
        row.getString("name"),
        Role.ofWireName(row.getString("role")).orElseThrow(),
        row.getString("project_id"),
        row.getString("user_id"),
        row.getOffsetDateTime("created_at").toInstant());
  }
}
