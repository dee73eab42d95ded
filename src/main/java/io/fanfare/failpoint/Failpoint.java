package io.fanfare.failpoint;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Places between two steps that a crash must be able to part, each with the question that it asks.
 * A test starts the service with {@code -Dfanfare.failpoint=NAME} or {@code NAME:N}: the process
 * dies there, as if killed, when it comes by for the Nth time. In operation none is armed, and each
 * costs the comparison of a constant.
 */
public enum Failpoint {
  /** Nothing of the flush has reached the database: nobody may have been answered. */
  INGEST_BEFORE_COMMIT,
  /** The flush is committed and nobody is answered yet: its deliveries must arrive. */
  INGEST_AFTER_COMMIT,
  /** The publishers are answered, and the deliveries are in the memory of ingest only. */
  INGEST_BEFORE_HAND_OVER,
  /** There is a connection to the receiver, and no byte was sent. */
  HTTP_AFTER_CONNECT,
  /** The request is on its way, and its answer is unknown. */
  HTTP_AFTER_SEND,
  /** The receiver has answered, and nobody has written that down: it is sent again. */
  HTTP_AFTER_ANSWER,
  /** Outcomes are gathered and not committed. */
  OUTCOME_BEFORE_COMMIT,
  /** Outcomes are committed, and permits and the open set still hold their deliveries. */
  OUTCOME_AFTER_COMMIT,
  /** A retry is committed, and the schedule has not heard of it. */
  OUTCOME_RETRY_SCHEDULED,
  /** The mark is about to be written. */
  NODE_BEFORE_MARK,
  /** A page of what an earlier process held is due, and the next one is not. */
  RECOVERY_MID,
  /** A redelivery is committed, and neither its client nor the schedule has heard of it. */
  REDELIVER_AFTER_INSERT,
  /** The webhook has left the index and the delivery room, and is not marked deleted. */
  WEBHOOK_DELETE_MID,
  /** Some webhooks are sealed with the new key, and others with the old one. */
  REKEY_MID,
  /** A migration has run, and is not committed. */
  MIGRATE_MID,
  /** No room works any more, and the right to deliver is not given back. */
  DRAIN_MID;

  /** Exit code of a process that died here: that of one that was killed. */
  public static final int EXIT_CODE = 137;

  /** The system property that arms one. */
  public static final String PROPERTY = "fanfare.failpoint";

  private static final String[] ARMED = System.getProperty(PROPERTY, "").split(":", 2);
  private static final @Nullable Failpoint POINT = armed();
  private static final AtomicInteger LEFT =
      new AtomicInteger(ARMED.length == 2 ? Integer.parseInt(ARMED[1]) : 1);

  private static @Nullable Failpoint armed() {
    return ARMED[0].isEmpty() ? null : valueOf(ARMED[0]);
  }

  /** Dies here if this one is armed and its turn has come; does nothing else. */
  public void hit() {
    if (this == POINT && LEFT.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
