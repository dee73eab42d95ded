package io.fanfare.id;

import java.time.Clock;
import java.util.Comparator;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7) that always grow: within a millisecond by the 12
 * bits of {@code rand_a}, and when the clock steps back the generator stays on the latest
 * millisecond it has used. Thread-safe; one per process, because the low-water mark of recovery
 * compares ids of all loops.
 */
public final class IdGenerator {
  /**
   * Orders ids as PostgreSQL orders {@code uuid}: by unsigned bytes, which {@link UUID#compareTo}
   * does not.
   */
  public static final Comparator<UUID> ORDER =
      (a, b) -> {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0
            ? high
            : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
      };

  /** Smallest of all ids. */
  public static final UUID ZERO = new UUID(0, 0);

  private static final int SEQUENCE_BITS = 12;

  private final Clock clock;
  private final RandomGenerator random;
  // Milliseconds and sequence in one number, so that an overflow of the sequence borrows from the
  // next millisecond.
  private long last;

  /**
   * @param random gives the 62 low bits
   * @param floor every id will be larger than this one: the largest id already stored
   */
  public IdGenerator(Clock clock, RandomGenerator random, UUID floor) {
    this.clock = clock;
    this.random = random;
    this.last = (millis(floor) << SEQUENCE_BITS) | (floor.getMostSignificantBits() & 0xfff);
  }

  /** A new id, larger than all that this generator gave before. */
  public synchronized UUID next() {
    long now = clock.millis() << SEQUENCE_BITS;
    last = Math.max(last + 1, now);
    long high = ((last >>> SEQUENCE_BITS) << 16) | 0x7000L | (last & 0xfff);
    return new UUID(high, (random.nextLong() >>> 2) | 0x8000000000000000L);
  }

  /** The smallest id of a millisecond: a bound for ranges of time. */
  public static UUID floorOf(long epochMillis) {
    return new UUID(Math.max(0, epochMillis) << 16, 0);
  }

  /** The milliseconds since 1970 that an id carries. */
  public static long millis(UUID id) {
    return id.getMostSignificantBits() >>> 16;
  }
}
