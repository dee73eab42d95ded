package io.fanfare;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A client of server-sent events that keeps what it got. */
public final class TestStream implements AutoCloseable {
  private final HttpResponse<InputStream> response;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** An event as it came. */
  public record Event(String name, JsonObject data) {}

  private TestStream(HttpResponse<InputStream> response) {
    this.response = response;
  }

  /** Opens a stream; the answer's head is there when this returns. */
  public static TestStream open(int port, String path, String token)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(20))
            .build();
    TestStream stream =
        new TestStream(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofInputStream()));
    Thread reader = new Thread(stream::read, "test-stream");
    reader.setDaemon(true);
    reader.start();
    return stream;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String name = "message";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(":")) {
          comments.add(line);
        } else if (line.startsWith("event: ")) {
          name = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          events.add(new Event(name, new JsonObject(line.substring("data: ".length()))));
        }
      }
    } catch (IOException closed) {
      comments.add(": " + closed);
    } finally {
      ended.countDown();
    }
  }

  /** The answer's status. */
  public int status() {
    return response.statusCode();
  }

  /** A header of the answer; empty where it is absent. */
  public String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The data of all events of that name so far. */
  public List<JsonObject> all(String name) {
    return events.stream().filter(event -> event.name().equals(name)).map(Event::data).toList();
  }

  /** Waits for so many events of that name, and returns them. */
  public List<JsonObject> await(String name, int count) {
    Awaitility.await().until(() -> all(name).size() >= count);
    return all(name);
  }

  /** Waits for a comment. */
  public void awaitComment() {
    Awaitility.await().until(() -> !comments.isEmpty());
  }

  /** Whether the server has ended it within so many seconds. */
  public boolean endsWithin(int seconds) throws InterruptedException {
    return ended.await(seconds, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
