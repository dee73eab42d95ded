package io.fanfare.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Webhooks for tests that need one and not its details. */
public final class TestWebhooks {
  private TestWebhooks() {}

  /** An active webhook of no project that wants every event. */
  public static Webhook of(int number, String url) {
    return of(number, 1, url, true);
  }

  /** An active webhook with headers of its own. */
  public static Webhook of(int number, String url, Map<String, String> headers) {
    return of(number, 1, url, true, headers);
  }

  /** A version of a webhook of no project that wants every event. */
  public static Webhook of(int number, long version, String url, boolean active) {
    return of(number, version, url, active, Map.of());
  }

  private static Webhook of(
      int number, long version, String url, boolean active, Map<String, String> headers) {
    return new Webhook(
        number,
        new UUID(0x7000, number),
        null,
        "webhook " + number,
        url,
        List.of("*"),
        null,
        "secret",
        headers,
        active,
        null,
        Duration.ofSeconds(5),
        RetryPolicy.DEFAULT,
        Instant.EPOCH,
        Instant.EPOCH,
        "user_123",
        version,
        CircuitRecord.CLOSED);
  }
}
