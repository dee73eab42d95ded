package io.fanfare.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * All attempts of a delivery: those that have a row of their own, and the last one where it has
   * none, because it succeeded with a short answer. Of that one the headers are not kept, and when
   * it started follows from when it ended and how long the answer took.
   */
  static List<AttemptEntry> log(DeliveryEntry delivery, List<AttemptEntry> stored) {
    boolean lastIsStored =
        stored.stream().anyMatch(attempt -> attempt.number() == delivery.attempts());
    Instant ended = delivery.endedAt();
    if (lastIsStored || delivery.attempts() == 0 || ended == null) {
      return stored;
    }
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
            null,
            delivery.error()));
    return all;
  }
}
