package io.fanfare.api;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a request, so that the client reads all of it at once. */
public final class Faults {
  // A hostile body could have millions of unknown fields.
  private static final int LISTED_MAX = 100;

  private final List<FieldError> errors = new ArrayList<>();

  /**
   * One more fault.
   *
   * @param message what is wrong and what is allowed, going on after the field's name
   */
  public void add(String field, String message) {
    if (errors.size() < LISTED_MAX) {
      errors.add(new FieldError(field, message));
    }
  }

  /** Whether nothing was wrong so far. */
  public boolean none() {
    return errors.isEmpty();
  }

  /**
   * Ends the reading of the request.
   *
   * @throws ApiException 400 with every fault, if there is one
   */
  public void enforce() {
    if (!errors.isEmpty()) {
      throw ApiException.invalid(errors);
    }
  }
}
