package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.config.HttpConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that send a byte now and then, or take none: they end in time and hold up nobody. */
class SlowClientsTest {
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);
  private static final int CLIENTS_EACH = 100;
  private static final String POST =
      "POST /api/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
          + TestApi.ADMIN_TOKEN
          + "\r\n";

  private static TestApi api;

  @BeforeAll
  static void start() {
    api =
        new TestApi(
            List.of(),
            http ->
                new HttpConfig(
                    http.host(),
                    http.port(),
                    List.of(),
                    "",
                    http.bodyBytesMax(),
                    http.connectionsMax(),
                    http.idleTimeout(),
                    READ_TIMEOUT));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /** A connection that has sent a begin, and goes on with a drop at a time. */
  private static final class Trickling {
    private final SocketChannel channel = connect();
    private final byte[] drop;
    private final ByteBuffer answer = ByteBuffer.allocate(4_096);

    Trickling(String begin, String drop) throws IOException {
      this.drop = drop.getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(begin.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
    }

    /** Sends the next drop; answers whether the other side has ended the connection. */
    boolean hasEnded() {
      try {
        if (channel.read(answer) < 0) {
          return true;
        }
        channel.write(ByteBuffer.wrap(drop));
        return false;
      } catch (IOException reset) {
        return true;
      }
    }

    String answer() {
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatTricklesEndsInTimeAndTheOthersAreServedMeanwhile() throws IOException {
    List<Trickling> heads = new ArrayList<>();
    List<Trickling> bodies = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < CLIENTS_EACH; i++) {
      heads.add(new Trickling("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ", "x"));
      heads.add(new Trickling("GET /", "x"));
      heads.add(new Trickling("\r\n", "\r\n"));
      bodies.add(new Trickling(POST + "Content-Length: 100000\r\n\r\n{", " "));
      bodies.add(new Trickling(POST + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
    }
    List<Trickling> open = new ArrayList<>(heads);
    open.addAll(bodies);
    List<Long> served = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              open.removeIf(Trickling::hasEnded);
              long asked = System.nanoTime();
              assertThat(api.get("/api/webhooks").status()).isEqualTo(200);
              served.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked));
              return open.isEmpty();
            });
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    served.sort(null);
    System.out.printf(
        "slow_clients.count = %d, slow_clients.ended_ms = %d, slow_clients.others_max_ms = %d%n",
        5 * CLIENTS_EACH, millis, served.get(served.size() - 1));
    assertThat(millis).isBetween(READ_TIMEOUT.toMillis(), 5 * READ_TIMEOUT.toMillis());
    assertThat(served.get(served.size() / 2)).isLessThan(500);
    assertThat(heads).allSatisfy(client -> assertThat(client.answer()).isEmpty());
    assertThat(bodies)
        .anySatisfy(client -> assertThat(client.answer()).startsWith("HTTP/1.1 408 "));
    assertThat(bodies)
        .allSatisfy(client -> assertThat(client.answer()).matches("(?s)|HTTP/1.1 408 .*"));
  }

  @Test
  void whoTakesNoAnswerIsReadNoFurther() throws IOException {
    byte[] requests =
        "GET /api/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
            .repeat(2_000)
            .getBytes(StandardCharsets.US_ASCII);
    long sentMax = 64L << 20;
    try (SocketChannel channel = connect()) {
      channel.configureBlocking(false);
      ByteBuffer next = ByteBuffer.wrap(requests);
      long[] sent = {0, 0};
      // Until nothing more is taken between two looks.
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(250))
          .until(
              () -> {
                sent[1] = sent[0];
                for (int written = 1; written > 0 && sent[0] < sentMax; ) {
                  next.position(next.hasRemaining() ? next.position() : 0);
                  written = channel.write(next);
                  sent[0] += written;
                }
                return sent[0] == sent[1] || sent[0] >= sentMax;
              });
      System.out.printf("slow_clients.pipelined_bytes_taken = %d%n", sent[0]);
      // The buffers of two sockets, not the server's memory.
      assertThat(sent[0]).isLessThan(sentMax / 4);
    }
    assertThat(api.get("/api/webhooks").status()).isEqualTo(200);
  }

  private static SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 << 10);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port.getAsInt()));
    return channel;
  }
}
