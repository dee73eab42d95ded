package io.fanfare.bench;

import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Puts webhooks of the receiver that works into a database as the service would have left them,
 * secrets sealed with the key of {@link BenchedDatabase#KEY}. A service that runs does not know
 * them; the next one does.
 */
final class WebhookFill {
  private static final int PAGE = 1_000;

  private static final String INSERT =
      """
      insert into webhook (id, name, url, events, secret_sealed, headers_sealed, active, timeout_millis,
        max_attempts, backoff_strategy, initial_delay_millis, max_delay_millis, updated_at, project_id,
        created_at, created_by)
      select t.id, t.name, t.url, array[$6::text], t.secret, t.headers, true, 30000, 3, 'exponential', 1000, 60000,
        t.created_at, t.project_id, t.created_at, 'bench'
      from (
        select *, date_trunc('milliseconds', now()) - interval '1 day' + ($8::int4 + n) * interval '10 milliseconds'
          as created_at
        from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $7::text[])
          with ordinality as u(id, name, url, secret, headers, project_id, n)
      ) as t
      """;

  private final BenchedDatabase database;
  private final SecretSeal seal = new SecretSeal(List.of(BenchedDatabase.KEY));
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);

  WebhookFill(BenchedDatabase database) {
    this.database = database;
  }

  /**
   * Adds webhooks of one event type.
   *
   * @param path of the URL, before the number of each, from 0
   * @param project of each number
   */
  void add(int count, String path, String type, IntFunction<String> project) {
    for (int from = 0; from < count; from += PAGE) {
      addPage(from, Math.min(count, from + PAGE), path, type, project);
    }
  }

  /** What autovacuum would have done meanwhile. */
  void vacuum() {
    database.run("vacuum (analyze) webhook");
  }

  private void addPage(int from, int to, String path, String type, IntFunction<String> project) {
    int n = to - from;
    UUID[] webhooks = new UUID[n];
    String[] names = new String[n];
    String[] urls = new String[n];
    Buffer[] secrets = new Buffer[n];
    Buffer[] headers = new Buffer[n];
    String[] projects = new String[n];
    for (int i = 0; i < n; i++) {
      webhooks[i] = ids.next();
      names[i] = "bench " + path + (from + i);
      urls[i] = BenchedReceiver.url(BenchedReceiver.PORT, path + (from + i));
      secrets[i] = sealed(webhooks[i], SecretSeal.SECRET, ReceiverProcess.SECRET);
      headers[i] = sealed(webhooks[i], SecretSeal.HEADERS, "{}");
      projects[i] = project.apply(from + i);
    }
    database.await(
        database
            .database()
            .control()
            .preparedQuery(INSERT)
            .execute(
                Tuple.tuple()
                    .addArrayOfUUID(webhooks)
                    .addArrayOfString(names)
                    .addArrayOfString(urls)
                    .addArrayOfBuffer(secrets)
                    .addArrayOfBuffer(headers)
                    .addString(type)
                    .addArrayOfString(projects)
                    .addInteger(from)));
  }

  private Buffer sealed(UUID webhook, String column, String text) {
    return Buffer.buffer(seal.seal(webhook, column, text));
  }
}
