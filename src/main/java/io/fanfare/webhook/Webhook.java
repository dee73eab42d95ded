package io.fanfare.webhook;

import io.fanfare.id.IdKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registration: who is told what, and how. Immutable; a change makes a new one with a higher
 * {@code version}.
 *
 * @param number the short key under which deliveries refer to it; never used again
 * @param projectId null for a webhook of no project, which gets the events of all
 * @param url exactly as given
 * @param events exactly as given: types, {@code prefix.*} or {@code *}
 * @param secret in clear; never in a log (see {@link #toString})
 * @param headers custom headers in clear, names exactly as given, in the order given; secret as
 *     well
 * @param disabledReason why the service made it inactive, such as {@code gone}; else null
 * @param timeout of one attempt, 1 s to 120 s
 * @param version raised by every change; the newer one wins wherever it arrives
 * @param circuit as it was when this was read from the database; the delivery room knows the
 *     present one
 */
public record Webhook(
    int number,
    UUID id,
    @Nullable String projectId,
    String name,
    String url,
    List<String> events,
    @Nullable String description,
    String secret,
    Map<String, String> headers,
    boolean active,
    @Nullable String disabledReason,
    Duration timeout,
    RetryPolicy retryPolicy,
    Instant createdAt,
    Instant updatedAt,
    String createdBy,
    long version,
    CircuitRecord circuit) {

  /** The reason of a webhook whose receiver answered 410. */
  public static final String GONE = "gone";

  /** The secret of a webhook whose stored secret cannot be opened; no other one has it. */
  public static final String UNREADABLE_SECRET = "";

  public Webhook {
    events = List.copyOf(events);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** The id as the API and receivers see it, {@code webhook_…}. */
  public String publicId() {
    return IdKind.WEBHOOK.format(id);
  }

  /**
   * Whether its secret and headers could be opened. Where not, nothing can be signed: its
   * deliveries fail until it gets new ones.
   */
  public boolean readable() {
    return !secret.isEmpty();
  }

  /** The same webhook with the circuit in another state; the version stays. */
  public Webhook withCircuit(CircuitRecord newCircuit) {
    return new Webhook(
        number,
        id,
        projectId,
        name,
        url,
        events,
        description,
        secret,
        headers,
        active,
        disabledReason,
        timeout,
        retryPolicy,
        createdAt,
        updatedAt,
        createdBy,
        version,
        newCircuit);
  }

  /** Names the webhook without what is secret or personal in it. */
  @Override
  public String toString() {
    return "Webhook[" + publicId() + ", number " + number + ", version " + version + "]";
  }
}
