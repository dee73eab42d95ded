package io.fanfare.database;

import io.fanfare.config.RetentionConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the days in order: makes the partitions of those that come, and drops what has been kept
 * long enough.
 */
public final class RetentionVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionVerticle.class);

  private final Partitions partitions;
  private final Retention retention;
  private final Clock clock;
  private final RetentionConfig config;
  private final Duration idempotencyTtl;
  private boolean running;

  /**
   * @param idempotencyTtl how long idempotency keys are remembered
   */
  public RetentionVerticle(
      Partitions partitions,
      Retention retention,
      Clock clock,
      RetentionConfig config,
      Duration idempotencyTtl) {
    this.partitions = partitions;
    this.retention = retention;
    this.clock = clock;
    this.config = config;
    this.idempotencyTtl = idempotencyTtl;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(config.interval().toMillis(), timer -> run());
    return Future.succeededFuture();
  }

  private void run() {
    if (running) {
      return;
    }
    running = true;
    partitions
        .ensureAhead()
        .compose(v -> retention.dropExpired(clock.instant(), config.keep(), idempotencyTtl))
        .onComplete(
            (dropped, failure) -> {
              running = false;
              if (failure != null) {
                LOG.warn("the days' partitions are not in order yet: {}", failure.getMessage());
              } else if (!dropped.isEmpty()) {
                LOG.info("dropped after {} days: {}", config.keep().toDays(), dropped);
              }
            });
  }
}
