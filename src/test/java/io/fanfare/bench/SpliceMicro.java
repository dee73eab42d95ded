package io.fanfare.bench;

import io.fanfare.delivery.Body;
import io.fanfare.event.Event;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The body of a delivery, by the bytes of its data. */
@State(Scope.Thread)
public class SpliceMicro {
  /** Of the data. */
  @Param({"600", "10000"})
  public int bytes;

  private Event event = event(0);

  /** Makes the event. */
  @Setup
  public void make() {
    event = event(bytes);
  }

  /** One body. */
  @Benchmark
  public byte[] splice() {
    return Body.splice(
        event, "webhook_01m89gkfzce06ap3n9jtrthekl", "del_01m89gkfzce06ap3n9jtrthekl");
  }

  private static Event event(int bytes) {
    return new Event(
        new UUID(7, 7),
        "build.completed",
        "p1",
        "2026-01-01T00:00:00.000Z",
        SampleData.ofBytes(bytes));
  }
}
