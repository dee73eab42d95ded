package io.fanfare.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
  private static final String STREAM =
      "retry: 2000\n\n: a comment\nevent: delivery\ndata: {\"a\":\"é\"}\n\n"
          + "data: one\r\ndata:two\r\n\r\nevent: empty\n\ndata\n\nid: 5\rdata: last\r\r";

  private static final List<StreamedEvent> EVENTS =
      List.of(
          new StreamedEvent("delivery", "{\"a\":\"é\"}"),
          new StreamedEvent("message", "one\ntwo"),
          new StreamedEvent("message", ""),
          new StreamedEvent("message", "last"));

  @Test
  void readsEventsWhereverTheBytesAreCut() {
    Buffer bytes = Buffer.buffer(STREAM);
    for (int size = 1; size <= bytes.length(); size++) {
      List<StreamedEvent> read = new ArrayList<>();
      SseParser parser = new SseParser(read::add);
      for (int from = 0; from < bytes.length(); from += size) {
        parser.add(bytes.slice(from, Math.min(bytes.length(), from + size)));
      }
      assertThat(read).as("pieces of %d bytes", size).isEqualTo(EVENTS);
    }
  }

  @Test
  void givesUpWhereALineHasNoEnd() {
    SseParser parser = new SseParser(event -> {});
    Buffer much = Buffer.buffer(new byte[1 << 20]);
    parser.add(much);
    assertThatThrownBy(() -> parser.add(much)).hasMessageContaining("too long");
  }
}
