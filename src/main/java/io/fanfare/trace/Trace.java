package io.fanfare.trace;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A place in a distributed trace: which trace, and the span in it that caused what follows. Its
 * text is the {@code traceparent} of W3C Trace Context, level 1
 * (https://www.w3.org/TR/trace-context/). {@code tracestate} is not kept: it belongs to the tracing
 * systems of publishers, and receivers are strangers to them.
 *
 * @param traceId 32 hex digits in lower case, not all zero
 * @param spanId 16 of them, likewise
 * @param sampled whether those who came before record their spans
 */
public record Trace(String traceId, String spanId, boolean sampled) {
  /** Name of the header, and of the one on the event bus. */
  public static final String HEADER = "traceparent";

  // version "-" trace-id "-" parent-id "-" flags (section 3.2.2)
  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;
  private static final HexFormat HEX = HexFormat.of();

  /**
   * What a {@code traceparent} says; null where it is absent or invalid, which is the same by the
   * standard. Of a version to come, the parts are read that this one has (section 3.2.4).
   */
  public static @Nullable Trace parse(@Nullable String text) {
    if (text == null || text.length() < LENGTH) {
      return null;
    }
    boolean sound =
        isHex(text, 0, TRACE_ID - 1)
            && !text.startsWith("ff")
            && isHex(text, TRACE_ID, SPAN_ID - 1)
            && isHex(text, SPAN_ID, FLAGS - 1)
            && isHex(text, FLAGS, LENGTH)
            && !isZero(text, TRACE_ID, SPAN_ID - 1)
            && !isZero(text, SPAN_ID, FLAGS - 1)
            && text.charAt(TRACE_ID - 1) == '-'
            && text.charAt(SPAN_ID - 1) == '-'
            && text.charAt(FLAGS - 1) == '-';
    boolean ends =
        text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-');
    if (!sound || !ends) {
      return null;
    }
    // The other flags are nobody's yet, and must not be passed on (section 3.2.2.5.2).
    boolean sampled = (HexFormat.fromHexDigit(text.charAt(LENGTH - 1)) & 1) == 1;
    return new Trace(
        text.substring(TRACE_ID, SPAN_ID - 1), text.substring(SPAN_ID, FLAGS - 1), sampled);
  }

  /** The begin of a trace that is recorded. */
  static Trace begin() {
    return new Trace(HEX.toHexDigits(nonZero()) + HEX.toHexDigits(nonZero()), newSpanId(), true);
  }

  /** A new span in the same trace. */
  public Trace child() {
    return new Trace(traceId, newSpanId(), sampled);
  }

  /** Its {@code traceparent}, 55 characters of ASCII. */
  public String traceparent() {
    return "00-" + traceId + '-' + spanId + (sampled ? "-01" : "-00");
  }

  private static String newSpanId() {
    return HEX.toHexDigits(nonZero());
  }

  // As OpenTelemetry does it: an id must differ from others, and is no secret.
  private static long nonZero() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long bits = random.nextLong();
    while (bits == 0) {
      bits = random.nextLong();
    }
    return bits;
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
