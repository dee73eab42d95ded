package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fanfare tail}, as a process of its own. */
class TailCommandTest {
  @TempDir Path folder;

  private Process tail(int port, String token, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.fanfare.cli.Main",
                "tail",
                "--url",
                "http://127.0.0.1:" + port,
                "--token",
                token));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file), StandardCharsets.UTF_8);
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void printsWhatHappensToTheWebhookAskedFor() throws Exception {
    try (TestFanfare fanfare = TestFanfare.start();
        TestReceiver receiver = TestReceiver.start(fanfare.vertx())) {
      receiver.answer("/bad", 404, "no");
      fanfare.webhook(receiver.url("/good"), new JsonObject());
      String bad =
          fanfare
              .webhook(receiver.url("/bad"), new JsonObject().put("name", "bell\u0007"))
              .getString("webhook_id");
      Process tail =
          tail(
              fanfare.port(),
              TestFanfare.TOKEN,
              "--webhook",
              bad,
              "--type",
              "build.failed",
              "--status",
              "failed",
              "--count",
              "1");
      await().until(() -> fanfare.calls().get("/metrics").text().contains("fanfare_streams 1.0"));
      fanfare.publish("build.started", new JsonObject());
      fanfare.publish("build.failed", new JsonObject());

      assertThat(exit(tail)).isZero();
      assertThat(lines("out"))
          .singleElement()
          .asString()
          .matches(
              "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} failed 404 in \\d+ ms, attempt 1, build\\.failed → bell\\?"
                  + " \\(webhook_\\w+\\) del_\\w+: HTTP 404: Not Found");
    }
  }

  @Test
  void connectsAgainWhereTheServiceWentAway() throws Exception {
    Vertx vertx = Vertx.vertx();
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .response()
                        .putHeader("Content-Type", "text/event-stream")
                        .end(
                            "event: dropped\ndata: {\"dropped\":3}\n\nevent: delivery\ndata: {\"n\":"
                                + requests.incrementAndGet()
                                + "}\n\n"))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);

    int code = exit(tail(server.actualPort(), "t", "--json", "--count", "2"));

    assertThat(code).isZero();
    assertThat(lines("out")).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(lines("err"))
        .contains("3 entries were dropped, because this reader is too slow")
        .anyMatch(line -> line.contains("connects again in 1 s"));
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void endsWhereTheServiceRefuses() throws Exception {
    try (TestFanfare fanfare = TestFanfare.start()) {
      assertThat(exit(tail(fanfare.port(), "wrong"))).isEqualTo(77);
      assertThat(lines("err")).singleElement().asString().startsWith("the service refuses: 401");
      assertThat(exit(tail(fanfare.port(), TestFanfare.TOKEN, "--status", "odd"))).isEqualTo(77);
    }
  }
}
