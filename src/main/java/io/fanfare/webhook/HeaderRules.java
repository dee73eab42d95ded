package io.fanfare.webhook;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which custom headers a webhook may have (safety rules for requests): none that frames the
 * request, belongs to one connection, names the target, or that the service sets itself.
 */
public final class HeaderRules {
  /** Most headers of one webhook. */
  public static final int COUNT_MAX = 32;

  /** Most characters of all names and values together. */
  public static final int TOTAL_MAX = 16 << 10;

  private static final int NAME_MAX = 64;
  private static final int VALUE_MAX = 4_096;

  // A token of RFC 9110, section 5.6.2.
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  // Printable ASCII, with blanks and tabs inside only.
  private static final Pattern VALUE = Pattern.compile("(?:[!-~](?:[\\t -~]*[!-~])?)?");

  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "te",
          "trailer",
          "connection",
          "keep-alive",
          "upgrade",
          "expect",
          "content-type",
          "content-encoding",
          "accept-encoding",
          "user-agent",
          "date",
          "forwarded",
          "traceparent",
          "tracestate");

  private static final List<String> RESERVED_PREFIXES =
      List.of("proxy-", "webhook-", "x-trae-", "x-forwarded-", "x-amz-", "x-goog", "x-azure-");

  private final String ownPrefix;

  /**
   * @param ownPrefix prefix of the headers that the service sets, such as {@code X-Trae-}
   */
  public HeaderRules(String ownPrefix) {
    this.ownPrefix = ownPrefix.toLowerCase(Locale.ROOT);
  }

  /** What is wrong with a name, going on after it; empty where nothing is. */
  public Optional<String> nameFault(String name) {
    if (name.length() > NAME_MAX || !NAME.matcher(name).matches()) {
      return Optional.of(
          "must have a header name of at most " + NAME_MAX + " letters, digits and dashes");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    boolean reserved =
        RESERVED.contains(lower)
            || lower.startsWith(ownPrefix)
            || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith);
    return reserved
        ? Optional.of("is a header that the service sets itself or that cannot be set")
        : Optional.empty();
  }

  /** What is wrong with a value, going on after the header's name; empty where nothing is. */
  public Optional<String> valueFault(String value) {
    return value.length() <= VALUE_MAX && VALUE.matcher(value).matches()
        ? Optional.empty()
        : Optional.of(
            "must be at most "
                + VALUE_MAX
                + " printable ASCII characters without a blank at either end");
  }
}
