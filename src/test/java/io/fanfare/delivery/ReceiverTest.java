package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.config.FanfareConfig;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TestWebhooks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The head of a request, of webhooks that are older than today's rules for their headers too. */
class ReceiverTest {
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.US_ASCII);
  private static final Trace TRACE =
      new Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);

  @Test
  void hasATraceparentOnlyWithinATraceAndOnlyOnce() throws Exception {
    Receiver receiver =
        receiver(Map.of("TraceParent", "theirs", "tracestate", "theirs", "X-Other", "theirs"));

    assertThat(head(receiver, null)).doesNotContain("trace").contains("x-other: theirs");
    assertThat(head(receiver, TRACE))
        .containsOnlyOnce("trace")
        .contains("\r\ntraceparent: " + TRACE.traceparent() + "\r\n\r\n");
    assertThat(head(receiver, null)).doesNotContain("trace");
  }

  private static Receiver receiver(Map<String, String> headers) throws Exception {
    return new Receiver(
        TestWebhooks.of(1, "http://127.0.0.1:9000/", headers),
        Receiver.Names.of(FanfareConfig.load(null, Map.of()).config().delivery()),
        new NetworkPolicy(List.of("127.0.0.0/8"), true, () -> 0));
  }

  private static String head(Receiver receiver, Trace trace) {
    Receiver.Signed signed = receiver.sign("build.started", "del_1", 1_000, BODY);
    ByteBuf request = receiver.request(UnpooledByteBufAllocator.DEFAULT, signed, trace, BODY);
    try {
      String text = request.toString(StandardCharsets.ISO_8859_1);
      return text.substring(0, text.length() - BODY.length).toLowerCase(java.util.Locale.ROOT);
    } finally {
      request.release();
    }
  }
}
