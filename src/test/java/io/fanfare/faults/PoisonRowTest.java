package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows that only a hand in the database can have made: the service starts, and each harms itself.
 */
class PoisonRowTest {
  private final Vertx vertx = Vertx.vertx();
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  private String url;
  private TestFanfare fanfare;
  private TestReceiver receiver;
  private PgConnection hand;

  @BeforeEach
  void start() throws TimeoutException {
    url = TestDatabase.url();
    fanfare = TestFanfare.start(url, Map.of());
    receiver = TestReceiver.start(vertx);
    hand = await(PgConnection.connect(vertx, PgConnectOptions.fromUri(url)));
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(hand.close());
    fanfare.close();
    receiver.close();
    await(vertx.close());
  }

  @Test
  void failsWithAReasonAndNeighboursArrive() throws Exception {
    String secretless = webhook("/secretless");
    String headerless = webhook("/headerless");
    String lost = webhook("/lost");
    String good = webhook("/good");
    fanfare.close();
    execute("update webhook set secret_sealed = " + flipped("secret_sealed"), secretless);
    execute("update webhook set headers_sealed = " + flipped("headers_sealed"), headerless);
    execute("update webhook set url = 'http://[::not an address'", lost);
    UUID ofSecretless = pending(secretless, "build.started", true);
    UUID ofHeaderless = pending(headerless, "build.started", true);
    UUID ofLost = pending(lost, "build.started", true);
    UUID first = pending(good, "build.started", true);
    UUID splitHeader = pending(good, "build.started\r\nX-Evil: 1", true);
    UUID eventless = pending(good, "build.started", false);
    UUID last = pending(good, "build.started", true);
    fanfare = TestFanfare.start(url, Map.of());

    await().until(() -> error(ofSecretless).equals("key_error"));
    await().until(() -> error(ofHeaderless).equals("key_error"));
    await().until(() -> error(ofLost).equals("target address is not allowed"));
    await().until(() -> error(splitHeader).equals("internal error"));
    await().until(() -> status(first).equals("success"));
    await().until(() -> status(last).equals("success"));
    assertThat(receiver.receipts("/secretless")).isEmpty();
    assertThat(receiver.receipts("/headerless")).isEmpty();
    assertThat(receiver.receipts("/good")).hasSize(2);
    assertThat(status(eventless)).as("nothing can be sent of it").isEqualTo("pending");

    // A new secret is all it takes.
    await(
        fanfare
            .client()
            .put(
                "/api/webhooks/" + secretless,
                new JsonObject().put("secret", "new").put("headers", new JsonObject())));
    await(
        fanfare
            .client()
            .post(
                "/api/events",
                new JsonObject().put("event", "build.started").put("data", new JsonObject())));
    await().until(() -> receiver.receipts("/secretless").size() == 1);
    await().until(() -> receiver.receipts("/good").size() == 3);
  }

  private String webhook(String path) throws TimeoutException {
    return fanfare
        .webhook(
            receiver.url(path), new JsonObject().put("headers", new JsonObject().put("X-A", "b")))
        .getString("webhook_id");
  }

  /** The value with its last byte changed: of the right key, and not to be opened. */
  private static String flipped(String column) {
    return "set_byte(%1$s, length(%1$s) - 1, 255 - get_byte(%1$s, length(%1$s) - 1))"
        .formatted(column);
  }

  private void execute(String sql, String webhook) throws TimeoutException {
    await(
        hand.preparedQuery(sql + " where id = $1::uuid")
            .execute(Tuple.of(IdKind.WEBHOOK.parse(webhook).orElseThrow())));
  }

  /** A delivery that is due, with its event or without. */
  private UUID pending(String webhook, String type, boolean withEvent) throws TimeoutException {
    UUID event = ids.next();
    UUID delivery = ids.next();
    UUID of = IdKind.WEBHOOK.parse(webhook).orElseThrow();
    if (withEvent) {
      await(
          hand.preparedQuery(
                  """
                  insert into event (id, type, occurred_at, data, targets, test)
                  select $1::uuid, $2::text, '2026-01-01T00:00:00Z', '{}', array[number], false
                  from webhook where id = $3::uuid
                  """)
              .execute(Tuple.of(event, type, of)));
    }
    await(
        hand.preparedQuery(
                """
                insert into delivery (webhook, id, event_id, event_type, status, due_at)
                select number, $1::uuid, $2::uuid, $3::text, 'pending', now()
                from webhook where id = $4::uuid
                """)
            .execute(Tuple.of(delivery, event, type, of)));
    return delivery;
  }

  private String status(UUID delivery) throws TimeoutException {
    return read(delivery).getString("status");
  }

  private String error(UUID delivery) throws TimeoutException {
    return read(delivery).getString("error", "");
  }

  private JsonObject read(UUID delivery) throws TimeoutException {
    return await(
        hand.preparedQuery("select status::text, error from delivery where id = $1::uuid")
            .execute(Tuple.of(delivery))
            .map(
                rows -> {
                  var row = rows.iterator().next();
                  return new JsonObject()
                      .put("status", row.getString(0))
                      .put("error", row.getString(1) == null ? "" : row.getString(1));
                }));
  }
}
