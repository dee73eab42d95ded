package io.fanfare.bench;

import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ids, and the form in which the API shows them. */
@State(Scope.Thread)
public class IdMicro {
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  private final UUID id = ids.next();

  /** A new one. */
  @Benchmark
  public UUID next() {
    return ids.next();
  }

  /** Its text. */
  @Benchmark
  public String format() {
    return IdKind.DELIVERY.format(id);
  }
}
