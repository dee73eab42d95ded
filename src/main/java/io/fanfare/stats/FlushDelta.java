package io.fanfare.stats;

import io.vertx.sqlclient.Row;
import org.jspecify.annotations.Nullable;

/**
 * What one flush changed: a row of {@code stat_delta}. Its types and hours stand once, and kinds
 * are places in them, counted from 1; rows of before schema version 4, and those of few deliveries,
 * have a type and an hour in every place instead.
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record FlushDelta(
    Integer[] webhooks,
    Short @Nullable [] kinds,
    String[] types,
    Long[] hours,
    Short @Nullable [] statuses,
    Long @Nullable [] endedMillis,
    Integer @Nullable [] responseMillis,
    Short @Nullable [] eventKinds,
    String[] eventTypes,
    Long[] eventHours,
    String[] eventProjects,
    Integer[] eventCounts) {

  static FlushDelta of(Row row) {
    return new FlushDelta(
        row.getArrayOfIntegers("webhooks"),
        row.getArrayOfShorts("kinds"),
        row.getArrayOfStrings("types"),
        row.getArrayOfLongs("accepted_hours"),
        row.getArrayOfShorts("statuses"),
        row.getArrayOfLongs("ended_millis"),
        row.getArrayOfIntegers("response_millis"),
        row.getArrayOfShorts("event_kinds"),
        row.getArrayOfStrings("event_types"),
        row.getArrayOfLongs("event_hours"),
        row.getArrayOfStrings("event_projects"),
        row.getArrayOfIntegers("event_counts"));
  }

  void addTo(StatsFold fold) {
    for (int i = 0; i < webhooks.length; i++) {
      int kind = kinds == null ? i : kinds[i] - 1;
      boolean accepted = statuses == null || endedMillis == null || responseMillis == null;
      fold.add(
          new StatDelta(
              webhooks[i],
              types[kind],
              hours[kind],
              accepted ? StatDelta.ACCEPTED : statuses[i],
              accepted ? 0 : endedMillis[i],
              accepted ? StatDelta.NO_ANSWER : responseMillis[i]));
    }
    for (int i = 0; i < eventCounts.length; i++) {
      if (eventKinds == null) {
        fold.addEvents(eventHours[i], eventTypes[i], eventProjects[i], eventCounts[i]);
      } else {
        int kind = eventKinds[i] - 1;
        fold.addEvents(hours[kind], types[kind], eventProjects[i], eventCounts[i]);
      }
    }
  }
}
