package io.fanfare.history;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What explains a webhook's part in events and deliveries, as the database has it; also of a
 * deleted one. Nothing in it is secret.
 *
 * @param projectId null for a webhook of no project
 * @param disabledReason why the service made it inactive; else null
 * @param deletedAt null while it lives
 * @param circuit its circuit as it was last written down
 */
public record WebhookFacts(
    int number,
    UUID id,
    String name,
    @Nullable String projectId,
    List<String> events,
    boolean active,
    @Nullable String disabledReason,
    int maxAttempts,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant deletedAt,
    CircuitFacts circuit) {

  /**
   * A circuit.
   *
   * @param state {@code closed}, {@code open} or {@code half_open}
   * @param openedAt null while closed, like the next one
   * @param probeAt when the next probe may go
   * @param failures failed attempts in a row
   */
  public record CircuitFacts(
      String state, @Nullable Instant openedAt, @Nullable Instant probeAt, int failures) {
    /** Whether attempts go through freely. */
    public boolean closed() {
      return state.equals("closed");
    }
  }
}
