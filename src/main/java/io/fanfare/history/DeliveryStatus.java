package io.fanfare.history;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a delivery stands. The last two are for good. */
public enum DeliveryStatus {
  /** Accepted and not ended. */
  PENDING,
  /** The receiver took it. */
  SUCCESS,
  /** Given up. */
  FAILED;

  /** The names of all of them. */
  public static final List<String> WIRE_NAMES =
      Arrays.stream(values()).map(DeliveryStatus::wireName).toList();

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the API and in the database. */
  public String wireName() {
    return wireName;
  }

  /** The status of that exact name; empty where there is none. */
  public static Optional<DeliveryStatus> ofWireName(String name) {
    return Arrays.stream(values()).filter(status -> status.wireName.equals(name)).findFirst();
  }
}
