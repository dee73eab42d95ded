package io.fanfare;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that shows what the test wants, and steps back too. */
public final class SteppingClock extends Clock {
  private final AtomicLong millis;

  /** A clock that stands at that moment, milliseconds since 1970. */
  public SteppingClock(long millis) {
    this.millis = new AtomicLong(millis);
  }

  /** Steps forward, or back. */
  public void step(long byMillis) {
    millis.addAndGet(byMillis);
  }

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("only UTC");
  }
}
