package io.fanfare.history;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether an event was for a webhook, or the first reason why not. What matched is told by the
 * event itself; reasons are judged by the registration as it is now. In the order of lists, which
 * is the order of the numbers in {@link EventMatches}.
 */
public enum Match {
  /** It matched, when the event was published. */
  MATCHED(0),
  /** It is inactive. */
  INACTIVE(1),
  /** It would match as it is now; so it was changed since. */
  CHANGED(2),
  /** None of its {@code events} is the type or covers it. */
  EVENT_TYPE(3),
  /** It is of another project than the event. */
  OTHER_PROJECT(4),
  /** It was created after the event was accepted. */
  CREATED_LATER(5),
  /** It is deleted. */
  DELETED(6);

  /** The names of all of them. */
  public static final List<String> WIRE_NAMES =
      Arrays.stream(values()).map(Match::wireName).toList();

  private final String wireName = name().toLowerCase(Locale.ROOT);
  private final short number;

  Match(int number) {
    this.number = (short) number;
  }

  /** Its number in statements, by which lists are sorted. */
  short number() {
    return number;
  }

  /** The one of a number of a statement. */
  static Match ofNumber(short number) {
    return Arrays.stream(values())
        .filter(match -> match.number == number)
        .findFirst()
        .orElseThrow();
  }

  /** The name in the API. */
  public String wireName() {
    return wireName;
  }

  /** The one of that exact name; empty where there is none. */
  public static Optional<Match> ofWireName(String name) {
    return Arrays.stream(values()).filter(match -> match.wireName.equals(name)).findFirst();
  }
}
