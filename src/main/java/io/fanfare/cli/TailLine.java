package io.fanfare.cli;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** An attempt as a person reads it, in one line. */
final class TailLine {
  private static final int TIME_FROM = "2024-01-01T".length();
  private static final int TIME_TO = "2024-01-01T12:00:00.000".length();

  private TailLine() {}

  /** {@code 12:00:00.250 success 200 12 ms, attempt 1, build.completed → CI (webhook_…) del_…}. */
  static String of(JsonObject entry) {
    StringBuilder line = new StringBuilder();
    line.append(entry.getString("ended_at"), TIME_FROM, TIME_TO)
        .append(' ')
        .append(word(entry.getString("status")))
        .append(' ')
        .append(answer(entry.getInteger("response_code"), entry.getInteger("response_time")))
        .append(", attempt ")
        .append(entry.getInteger("attempt"));
    if (Boolean.TRUE.equals(entry.getBoolean("probe"))) {
      line.append(" (probe)");
    }
    line.append(", ")
        .append(entry.getString("event_type"))
        .append(" → ")
        .append(printable(entry.getString("webhook_name")))
        .append(" (")
        .append(entry.getString("webhook_id"))
        .append(") ")
        .append(entry.getString("delivery_id"));
    if (entry.getString("error") != null) {
      line.append(": ").append(printable(entry.getString("error")));
    }
    if (entry.getString("next_retry") != null) {
      line.append("; again at ").append(entry.getString("next_retry"), TIME_FROM, TIME_TO);
    }
    return line.toString();
  }

  private static String word(String status) {
    return status.equals("pending") ? "retry" : status;
  }

  private static String answer(@Nullable Integer code, @Nullable Integer millis) {
    return code == null ? "no answer" : code + " in " + millis + " ms";
  }

  /** A webhook's name must not move the cursor of the terminal that shows it. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
