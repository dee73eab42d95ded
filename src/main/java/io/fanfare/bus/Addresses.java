package io.fanfare.bus;

/**
 * Where the actors listen. All but {@link #PUBLISH} are local to the process and take values of
 * {@link LocalCodec}.
 */
public final class Addresses {
  /**
   * Public: requests to accept events, as a JSON object or as an {@code
   * io.fanfare.event.PublishRequest}.
   */
  public static final String PUBLISH = "fanfare.events.publish";

  /**
   * Deliveries that wait in the database, told to the schedule: {@code io.fanfare.event.Waiting}.
   */
  public static final String WAITING = "fanfare.schedule.waiting";

  /** Requests for a page of due deliveries: {@code io.fanfare.schedule.PageRequest}. */
  public static final String PAGE = "fanfare.schedule.page";

  /** A circuit came to another state: {@code io.fanfare.outcome.CircuitChange}. */
  public static final String CIRCUIT_CHANGED = "fanfare.circuit.changed";

  /** A redelivery of many was written down; the body is its id. */
  public static final String BULK_REDELIVERY = "fanfare.redelivery";

  /** A webhook was deleted: {@code io.fanfare.schedule.Deleted}. */
  public static final String DELETED = "fanfare.schedule.deleted";

  /** Whoever drains need not wait for the attempts on their way any longer; no body. */
  public static final String HURRY = "fanfare.delivery.hurry";

  private Addresses() {}

  /**
   * The ingest verticle with this index: a request here is answered when all that was accepted
   * before is committed.
   */
  public static String ingestBarrier(int index) {
    return "fanfare.ingest.barrier." + index;
  }

  /** The delivery supervisor with this index: hand-overs, wake-ups and control. */
  public static String supervisor(int index) {
    return "fanfare.delivery." + index;
  }

  /** The outcome verticle with this index: attempts that ended. */
  public static String outcome(int index) {
    return "fanfare.outcome." + index;
  }
}
