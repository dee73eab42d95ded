package io.fanfare.webhook;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A webhook as a row of its table: sealed where it is secret. */
final class WebhookRow {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookRow.class);

  /** What {@link #toWebhook} reads. */
  static final String COLUMNS =
      """
      number, id, project_id, name, url, events, description, secret_sealed, headers_sealed, active,
      disabled_reason, timeout_millis, max_attempts, backoff_strategy, initial_delay_millis,
      max_delay_millis, retry_on_status, retry_on_timeout, created_at, updated_at, created_by,
      version, circuit_state, circuit_opened_at, circuit_probe_at, circuit_failures, circuit_trips
      """;

  private static final String NO_HEADERS = "{}";

  private final SecretSeal seal;

  WebhookRow(SecretSeal seal) {
    this.seal = seal;
  }

  /**
   * The webhook of a row. What most webhooks have in common is there once, because all of them are
   * in memory. A secret that cannot be opened becomes empty, which no webhook has: one damaged row
   * must not keep the others from being read.
   */
  Webhook toWebhook(Row row) {
    UUID id = row.getUUID("id");
    String secret = "";
    Map<String, String> headers = Map.of();
    try {
      secret = open(id, SecretSeal.SECRET, row);
      headers = headersOf(open(id, SecretSeal.HEADERS, row));
    } catch (SecretSeal.UnopenedException | DecodeException e) {
      secret = Webhook.UNREADABLE_SECRET;
      LOG.error(
          "the secret of webhook number {} cannot be opened: {}; its deliveries fail until it gets"
              + " a new secret and headers",
          row.getInteger("number"),
          e.getMessage());
    }
    return new Webhook(
        row.getInteger("number"),
        id,
        row.getString("project_id"),
        row.getString("name"),
        row.getString("url"),
        Stream.of(row.getArrayOfStrings("events")).map(String::intern).toList(),
        row.getString("description"),
        secret,
        headers,
        row.getBoolean("active"),
        row.getString("disabled_reason"),
        Duration.ofMillis(row.getInteger("timeout_millis")),
        policyOf(row),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        row.getString("created_by"),
        row.getLong("version"),
        circuitOf(row));
  }

  private String open(UUID id, String column, Row row) throws SecretSeal.UnopenedException {
    return seal.open(id, column, row.getBuffer(column + "_sealed").getBytes());
  }

  private static Map<String, String> headersOf(String json) {
    if (json.equals(NO_HEADERS)) {
      return Map.of();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    new JsonObject(json).forEach(entry -> headers.put(entry.getKey(), (String) entry.getValue()));
    return headers;
  }

  private static RetryPolicy policyOf(Row row) {
    Integer[] statuses = row.getArrayOfIntegers("retry_on_status");
    Set<Integer> retryOnStatus = statuses == null ? null : new LinkedHashSet<>(List.of(statuses));
    RetryPolicy policy =
        new RetryPolicy(
            row.getInteger("max_attempts"),
            BackoffStrategy.ofWireName(row.getString("backoff_strategy")).orElseThrow(),
            row.getLong("initial_delay_millis"),
            row.getLong("max_delay_millis"),
            retryOnStatus,
            row.getBoolean("retry_on_timeout"));
    return policy.equals(RetryPolicy.DEFAULT) ? RetryPolicy.DEFAULT : policy;
  }

  private static CircuitRecord circuitOf(Row row) {
    CircuitRecord circuit =
        new CircuitRecord(
            row.getString("circuit_state"),
            instant(row.getOffsetDateTime("circuit_opened_at")),
            instant(row.getOffsetDateTime("circuit_probe_at")),
            row.getInteger("circuit_failures"),
            row.getInteger("circuit_trips"));
    return circuit.equals(CircuitRecord.CLOSED) ? CircuitRecord.CLOSED : circuit;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  /** What its owner can set, in the order of the parameters $2 to $17. */
  List<@Nullable Object> settings(Webhook webhook) {
    RetryPolicy policy = webhook.retryPolicy();
    List<@Nullable Object> values = new ArrayList<>();
    values.add(webhook.name());
    values.add(webhook.url());
    values.add(webhook.events().toArray(String[]::new));
    values.add(webhook.description());
    values.add(sealed(webhook, SecretSeal.SECRET, webhook.secret()));
    values.add(
        sealed(
            webhook,
            SecretSeal.HEADERS,
            new JsonObject(new LinkedHashMap<>(webhook.headers())).encode()));
    values.add(webhook.active());
    values.add(webhook.disabledReason());
    values.add(Math.toIntExact(webhook.timeout().toMillis()));
    values.add(policy.maxAttempts());
    values.add(policy.backoffStrategy().wireName());
    values.add(policy.initialDelayMillis());
    values.add(policy.maxDelayMillis());
    values.add(
        policy.retryOnStatus() == null ? null : policy.retryOnStatus().toArray(Integer[]::new));
    values.add(policy.retryOnTimeout());
    values.add(webhook.updatedAt().atOffset(ZoneOffset.UTC));
    return values;
  }

  private Buffer sealed(Webhook webhook, String column, String text) {
    return Buffer.buffer(seal.seal(webhook.id(), column, text));
  }
}
