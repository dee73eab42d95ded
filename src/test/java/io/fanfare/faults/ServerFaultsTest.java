package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.EmbeddedPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that dies and comes back, or stands still, under a service that works on. */
class ServerFaultsTest {
  private static final String SECRET = "a secret";

  // One for all tests: unpacking the programs and making the data take seconds.
  @TempDir private static Path home;

  private final Vertx vertx = Vertx.vertx();
  private EmbeddedPostgres server;
  private TestFanfare fanfare;
  private TestReceiver receiver;
  private String webhook;

  @BeforeEach
  void start() throws TimeoutException {
    server = EmbeddedPostgres.start(config());
    PgConnectOptions options = server.connectOptions("postgres");
    fanfare =
        TestFanfare.start(
            "postgresql://%s:%s@127.0.0.1:%d/postgres"
                .formatted(options.getUser(), options.getPassword(), server.port()),
            Map.of(
                "FANFARE_DATABASE_STATEMENT_TIMEOUT", "1s",
                "FANFARE_DATABASE_READ_TIMEOUT", "1s"));
    receiver = TestReceiver.start(vertx);
    webhook =
        fanfare
            .webhook(receiver.url("/hook"), new JsonObject().put("secret", SECRET))
            .getString("webhook_id");
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(fanfare.client().delete("/api/webhooks/" + webhook));
    fanfare.close();
    server.stop();
    receiver.close();
    await(vertx.close());
  }

  @Test
  void nothingIsLostWhenTheServerDiesUnderLoadAndComesBack() throws Exception {
    SteadyPublisher publisher = new SteadyPublisher(vertx, fanfare.client(), 5).start(4);
    await().until(() -> publisher.accepted() > 100);
    signal("QUIT", List.of(postmaster()));
    await().until(() -> publisher.refused() > 4);
    int before = publisher.accepted();
    server = EmbeddedPostgres.start(config());
    long back = System.nanoTime();
    await().until(() -> publisher.accepted() > before + 100);
    System.out.printf(
        "resumed %d ms after the restart%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back));
    publisher.stop();
    await().until(publisher::isQuiet);

    assertThat(publisher.wrong()).isEmpty();
    assertThat(violations(publisher)).isEmpty();
  }

  @Test
  void aServerThatStandsStillMakesNobodyWait() throws Exception {
    SteadyPublisher publisher = new SteadyPublisher(vertx, fanfare.client(), 5).start(4);
    await().until(() -> publisher.accepted() > 100);
    JsonObject key =
        await(
            fanfare
                .client()
                .post("/api/keys", new JsonObject().put("name", "k").put("role", "publisher")));
    FanfareClient keyed = fanfare.client(key.getString("token"));
    List<Long> processes = processes();
    signal("STOP", processes);
    try {
      int refused = publisher.refused();
      // One second for the statement, one of patience for its fate.
      await().atMost(Duration.ofSeconds(8)).until(() -> publisher.refused() >= refused + 8);
      Future<HttpResponse<Buffer>> ready = get("/health/ready");
      Future<HttpResponse<Buffer>> read = get("/api/webhooks/" + webhook);
      Future<HttpResponse<Buffer>> published =
          keyed.raw(HttpMethod.POST, "/api/events", Buffer.buffer("{}"));
      for (Future<HttpResponse<Buffer>> answer : List.of(ready, read, published)) {
        assertThat(answer.await(8, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        assertThat(answer.result().getHeader("Retry-After")).isNotNull();
      }
      long begin = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(await(get("/health/live")).statusCode()).isEqualTo(200);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("the loops are free")
          .isLessThan(Duration.ofSeconds(2));
    } finally {
      signal("CONT", processes);
    }
    int before = publisher.accepted();
    await().until(() -> publisher.accepted() > before + 100);
    publisher.stop();
    await().until(publisher::isQuiet);
    await().until(() -> await(get("/health/ready")).statusCode() == 200);

    assertThat(publisher.wrong()).isEmpty();
    assertThat(violations(publisher)).isEmpty();
  }

  private List<String> violations(SteadyPublisher publisher) throws TimeoutException {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stats().getInteger("pending_deliveries") == 0);
    return HistoryCheck.violations(
        Histories.of(
            fanfare.client(),
            publisher.log(),
            new History.Hook(webhook, "/hook", SECRET, 3, 1_000),
            receiver),
        0);
  }

  private JsonObject stats() throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook)).getJsonObject("stats");
  }

  private Future<HttpResponse<Buffer>> get(String path) {
    return fanfare.client().raw(HttpMethod.GET, path, Buffer.buffer());
  }

  private static long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid")).get(0).strip());
  }

  private static List<Long> processes() throws IOException {
    List<Long> all = new ArrayList<>();
    ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
    all.add(postmaster.pid());
    postmaster.children().forEach(child -> all.add(child.pid()));
    return all;
  }

  private static void signal(String name, List<Long> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(pid -> command.add(Long.toString(pid)));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private static DatabaseConfig config() {
    return FanfareConfig.load(null, Map.of("FANFARE_DATABASE_EMBEDDED_DIR", home.toString()))
        .config()
        .database();
  }
}
