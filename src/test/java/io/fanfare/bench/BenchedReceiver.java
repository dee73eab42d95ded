package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The receiver of a benchmark, in a process of its own: see {@link ReceiverProcess}. */
final class BenchedReceiver implements AutoCloseable {
  /** Where the receiver that works listens; one that was dead comes back on the next port. */
  static final int PORT = 18_080;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ChildProcess process;
  private final int port;

  private BenchedReceiver(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it and waits until it is ready. */
  static BenchedReceiver start(int port) throws IOException {
    requireFree(port);
    ChildProcess process =
        ChildProcess.start(
            ReceiverProcess.class, List.of("-Xmx256m"), Map.of(), Integer.toString(port));
    process.await(ProcessOutput.READY);
    return new BenchedReceiver(process, port);
  }

  /** Its two loops share the port, so that a stranger on it would share it too, unseen. */
  private static void requireFree(int port) throws IOException {
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
      throw new IOException(
          "port " + stranger.getPort() + " is taken; end who listens there first");
    } catch (ConnectException refused) {
      return;
    }
  }

  /** The URL of a webhook of a receiver on that port. */
  static String url(int port, String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** CPU of its process so far, in microseconds. */
  long cpuMicros() throws IOException {
    return CpuClock.process(process.pid());
  }

  /** How many deliveries have come. */
  long received() throws Exception {
    return count().getLong("received");
  }

  /**
   * Waits until so many deliveries have come.
   *
   * @return how many have come; fewer where that took longer
   */
  long awaitReceived(long atLeast, long nanosMax) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(port, ReceiverProcess.ARRIVED + atLeast)))
            .timeout(Duration.ofNanos(nanosMax))
            .build();
    try {
      String count = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return new JsonObject(count).getLong("received");
    } catch (HttpTimeoutException e) {
      return received();
    }
  }

  /** When the first one came since {@link #hang}, on {@link System#nanoTime}; 0 for none yet. */
  long firstNanos() throws Exception {
    return count().getLong("first_nanos");
  }

  /** {@code received}, {@code checked} signatures and {@code wrong} ones. */
  JsonObject count() throws Exception {
    return get("/count");
  }

  /** What timed deliveries took since the last time it was asked. */
  JsonObject times() throws Exception {
    return get("/times");
  }

  /** Answers nothing any more, or answers again. Requests without an answer are not counted. */
  void hang(boolean hanging) throws Exception {
    send(hanging ? "/mode/hang" : "/mode/ok");
  }

  private JsonObject get(String path) throws Exception {
    return new JsonObject(send(path));
  }

  private String send(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url(port, path))).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    process.close();
  }
}
