package io.fanfare.database;

/**
 * A unit of work whose commit was not confirmed: it took too long, or its connection broke. Its
 * backend may still commit; nobody may conclude anything before {@link Database#terminate} has
 * completed for it and the rows have been looked up.
 */
public final class FateUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int processId;

  FateUnknownException(int processId, String message, Throwable cause) {
    super(message, cause);
    this.processId = processId;
  }

  /** The backend that did the work, for {@link Database#terminate}. */
  public int processId() {
    return processId;
  }
}
