package io.fanfare.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that ended.
 *
 * @param number counted from 1, probes included
 * @param probe whether it was a probe of an open circuit, which does not count towards {@code
 *     max_attempts}
 * @param responseCode null without an answer, like the next two
 * @param responseTime in ms
 * @param responseBody what is kept of it
 * @param responseHeaders a JSON object; null where they are not kept
 * @param error null where it succeeded
 */
public record AttemptEntry(
    int number,
    Instant startedAt,
    boolean probe,
    @Nullable Integer responseCode,
    @Nullable Integer responseTime,
    @Nullable String responseBody,
    @Nullable String responseHeaders,
    @Nullable String error) {

  /** Whether every attempt of the delivery has a row of its own. */
  static boolean isWhole(DeliveryEntry delivery, List<AttemptEntry> stored) {
    return delivery.attempts() == 0
        || delivery.endedAt() == null
        || stored.stream().anyMatch(attempt -> attempt.number() == delivery.attempts());
  }

  /**
   * All attempts of a delivery whose last one succeeded with a short answer and has no row. When it
   * started follows from when it ended and how long the answer took.
   *
   * @param headers of its answer; null where they are not kept
   */
  static List<AttemptEntry> withLast(
      DeliveryEntry delivery, List<AttemptEntry> stored, @Nullable String headers) {
    Instant ended = Objects.requireNonNull(delivery.endedAt());
    Integer millis = delivery.responseTime();
    List<AttemptEntry> all = new ArrayList<>(stored);
    all.add(
        new AttemptEntry(
            delivery.attempts(),
            millis == null ? ended : ended.minusMillis(millis),
            false,
            delivery.responseCode(),
            millis,
            delivery.responseBody(),
            headers,
            delivery.error()));
    return all;
  }
}
