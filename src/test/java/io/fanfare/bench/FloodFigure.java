package io.fanfare.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** What a {@link FloodGenerator} says of a run, a line for each; times in microseconds. */
enum FloodFigure {
  /** How long the run took, until the last answer. */
  MICROS,
  /** Answers 202. */
  ACCEPTED,
  /** Answers 503. */
  REFUSED,
  /** Those of them without {@code Retry-After}. */
  REFUSED_WITHOUT_RETRY_AFTER,
  /** Answers of any other status. */
  OTHER,
  /** Connections that were not to be had, or broke with a request on its way. */
  ERRORS,
  /** Events that were not sent until the end, because all connections waited for answers. */
  UNSENT,
  /** Connections opened. */
  CONNECTIONS,
  /** From the moment of the event to its 202: half of them. */
  ACCEPTED_P50,
  /** The same: 99 of a hundred. */
  ACCEPTED_P99,
  /** The same: the longest. */
  ACCEPTED_MAX,
  /** From when it was sent to its 202: 99 of a hundred. */
  ACCEPTED_SENT_P99,
  /** From the moment of the event to its 503: 99 of a hundred. */
  REFUSED_P99,
  /** How late the generator itself was: 99 of a hundred events. */
  LATE_P99,
  /** The same: the latest. */
  LATE_MAX;

  /** Reads what a generator says at the end of a run. */
  static Map<FloodFigure, Long> readFrom(ChildProcess generator) throws IOException {
    Map<FloodFigure, Long> figures = new EnumMap<>(FloodFigure.class);
    for (FloodFigure figure : values()) {
      figures.put(figure, generator.await(figure.name() + " "));
    }
    return figures;
  }
}
