package io.fanfare.event;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A redelivery of many deliveries of one webhook, and how far it is.
 *
 * @param webhook number of the webhook
 * @param stoppedBecause a code; null unless it was stopped
 * @param filter what was asked for
 * @param place the last id that was looked at
 * @param matching how many deliveries there were when it was asked for
 * @param made how many were made so far
 * @param skipped those whose events are not kept any more
 * @param endedAt null while it runs
 */
public record BulkRedelivery(
    UUID id,
    int webhook,
    State state,
    @Nullable String stoppedBecause,
    Filter filter,
    UUID place,
    long matching,
    long made,
    long skipped,
    String createdBy,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant endedAt) {

  /** Most deliveries that one can name. */
  public static final int IDS_MAX = 1_000;

  /** Most that run at a time, of all webhooks. */
  public static final int RUNNING_MAX = 100;

  /** Why it is stopped: its webhook was deleted. */
  public static final String WEBHOOK_DELETED = "webhook_deleted";

  /** Whether it goes on. */
  public enum State {
    RUNNING,
    DONE,
    /** By its owner. */
    CANCELLED,
    /** By the service, which says why. */
    STOPPED;

    /** The name in the API and in the database. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which of the ended deliveries. */
  public enum Ended {
    SUCCESS,
    FAILED,
    /** Both. */
    ENDED;

    /** The name in the API and in the database. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What was asked for; all of its parts must hold.
   *
   * @param eventType null for every type
   * @param from first moment of acceptance, in whole milliseconds; null for no bound
   * @param until the millisecond after the last; null for no bound
   * @param ids how many deliveries were named; 0 for all
   */
  public record Filter(
      Ended status,
      @Nullable String eventType,
      @Nullable Instant from,
      @Nullable Instant until,
      int ids) {}
}
