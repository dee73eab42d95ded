package io.fanfare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class LoopLagTest {
  @Test
  void tellsTheWorstDelayOfTheLastWhile(Vertx vertx) {
    AtomicLong nanos = new AtomicLong();
    Context loop = vertx.getOrCreateContext();
    LoopLag lag = new LoopLag(vertx, loop, nanos::get);
    assertThat(lag.worstSeconds()).isZero();
    // The clock runs away from the timer, once.
    loop.runOnContext(v -> nanos.set(TimeUnit.SECONDS.toNanos(3)));
    await().until(() -> lag.worstSeconds() > 0);
    assertThat(lag.worstSeconds()).isEqualTo(2.75);
    lag.stop();
  }
}
