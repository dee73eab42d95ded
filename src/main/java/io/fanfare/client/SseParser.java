package io.fanfare.client;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2) from bytes as they come, cut anywhere. Not
 * thread-safe.
 */
final class SseParser {
  private static final int LINE_BYTES_MAX = 1 << 20;

  private final Handler<StreamedEvent> handler;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String name = "";
  private boolean afterReturn;

  SseParser(Handler<StreamedEvent> handler) {
    this.handler = handler;
  }

  /** More bytes of the stream; throws {@link IllegalStateException} where a line has no end. */
  void add(Buffer bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      byte b = bytes.getByte(i);
      boolean secondOfPair = b == '\n' && afterReturn;
      afterReturn = b == '\r';
      if (secondOfPair) {
        continue;
      }
      if (b == '\n' || b == '\r') {
        endLine(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else if (line.size() < LINE_BYTES_MAX) {
        line.write(b);
      } else {
        throw new IllegalStateException("a line of the stream is too long");
      }
    }
  }

  private void endLine(String text) {
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    if (field.equals("event")) {
      name = value;
    } else if (field.equals("data")) {
      data.append(value).append('\n');
    }
  }

  private void dispatch() {
    if (data.length() > 0) {
      data.setLength(data.length() - 1);
      handler.handle(new StreamedEvent(name.isEmpty() ? "message" : name, data.toString()));
    }
    data.setLength(0);
    name = "";
  }
}
