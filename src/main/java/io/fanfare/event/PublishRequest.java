package io.fanfare.event;

import io.fanfare.trace.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to accept events: all or none.
 *
 * @param batch whether the answer is that of a batch, also where it has one event
 * @param idempotency null where the publisher gave no key
 * @param trace where the publisher is, or what is done for it; null where it is in no trace
 */
public record PublishRequest(
    List<NewEvent> events,
    boolean batch,
    @Nullable Idempotency idempotency,
    @Nullable Trace trace) {

  /** One that belongs to no trace. */
  public PublishRequest(List<NewEvent> events, boolean batch, @Nullable Idempotency idempotency) {
    this(events, batch, idempotency, null);
  }

  /** The same request at another place of a trace. */
  PublishRequest within(Trace other) {
    return new PublishRequest(events, batch, idempotency, other);
  }

  /**
   * What makes a repeated request answer as the first one.
   *
   * @param scope the project of the API key, empty for none
   * @param key 1 to 255 characters
   * @param bodyHash SHA-256 of the body's bytes
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // compared by its one reader, never as part of the record
  public record Idempotency(String scope, String key, byte[] bodyHash) {}

  /** Bytes of payload: what the request holds of the budget for uncommitted data. */
  public long bytes() {
    long bytes = 0;
    for (NewEvent event : events) {
      bytes += event.data().length();
    }
    return bytes;
  }
}
