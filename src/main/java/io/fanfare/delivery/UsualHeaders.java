package io.fanfare.delivery;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers that a receiver's answers repeat. They are the same from answer to answer, but for
 * their {@code Date}; so they are encoded once, and kept once a day instead of with every delivery.
 *
 * <p>One per webhook, used on its context only.
 */
final class UsualHeaders {
  private static final String DATE = "date";

  private List<Map.Entry<String, String>> last = List.of();
  private @Nullable String json;

  /**
   * Remembers the headers of an accepted answer.
   *
   * @return them as JSON, without {@code Date}, if the answer before had the same; else null
   */
  @Nullable String seen(HttpHeaders headers) {
    if (!isLast(headers)) {
      last = withoutDate(headers);
      json = null;
      return null;
    }
    if (json == null) {
      json = AnswerHeaders.json(last);
    }
    return json;
  }

  private boolean isLast(HttpHeaders headers) {
    int i = 0;
    for (Map.Entry<String, String> header : headers) {
      if (isDate(header)) {
        continue;
      }
      if (i == last.size()) {
        return false;
      }
      Map.Entry<String, String> same = last.get(i++);
      if (!same.getValue().equals(header.getValue()) || !same.getKey().equals(header.getKey())) {
        return false;
      }
    }
    return i == last.size();
  }

  private static List<Map.Entry<String, String>> withoutDate(HttpHeaders headers) {
    List<Map.Entry<String, String>> kept = new ArrayList<>(headers.size());
    for (Map.Entry<String, String> header : headers) {
      if (!isDate(header)) {
        kept.add(Map.entry(header.getKey(), header.getValue()));
      }
    }
    return kept;
  }

  private static boolean isDate(Map.Entry<String, String> header) {
    return AsciiString.contentEqualsIgnoreCase(header.getKey(), DATE);
  }
}
