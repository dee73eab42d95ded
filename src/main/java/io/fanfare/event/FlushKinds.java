package io.fanfare.event;

import io.fanfare.id.IdGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The event types of a flush and the hours in which its deliveries were accepted, each pair once:
 * statements name them by their number, because a flush has few of them and many deliveries. Not
 * thread-safe.
 */
public final class FlushKinds {
  private static final long MILLIS_PER_HOUR = 3_600_000;

  private record Kind(String type, long hour) {}

  private final Map<Kind, Short> numbers = new HashMap<>();
  private final List<Kind> kinds = new ArrayList<>();
  private @Nullable Kind last;
  private short lastNumber;

  /**
   * The number of a type and of the hour of an id, from 1.
   *
   * @param id of an event or a delivery: its milliseconds say when it was accepted
   */
  public short of(String type, UUID id) {
    long hour = IdGenerator.millis(id) / MILLIS_PER_HOUR;
    if (last == null || last.hour != hour || !last.type.equals(type)) {
      Kind kind = new Kind(type, hour);
      Short known = numbers.get(kind);
      if (known == null) {
        kinds.add(kind);
        known = (short) kinds.size();
        numbers.put(kind, known);
      }
      last = kind;
      lastNumber = known;
    }
    return lastNumber;
  }

  /** The types in the order of their numbers. */
  public String[] types() {
    return kinds.stream().map(Kind::type).toArray(String[]::new);
  }

  /** The hours since 1970 in the order of their numbers. */
  public Long[] hours() {
    return kinds.stream().map(Kind::hour).toArray(Long[]::new);
  }
}
