package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.config.HttpConfig;
import io.fanfare.contract.ApiDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpApiTest {
  private static final String ORIGIN = "https://app.example.com";
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
                    List.of(ORIGIN),
                    "a-metrics-token",
                    1 << 20,
                    http.connectionsMax(),
                    http.idleTimeout(),
                    Duration.ofSeconds(1)));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static void assertError(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json().getString("error")).isEqualTo(code);
    assertThat(answer.json().getString("message")).isNotBlank();
  }

  @Test
  void answersUnknownPathsAndMethodsWithTheErrorBody() {
    assertError(api.get("/api/nothing"), 404, "not_found");
    assertError(api.get("/nothing"), 404, "not_found");
    Answer answer = api.call("PATCH", "/api/webhooks", "{}", TestApi.ADMIN_TOKEN);
    assertError(answer, 405, "method_not_allowed");
    assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, POST");
    assertError(api.delete("/health/live"), 405, "method_not_allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "\"text\"",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "{/* c */}",
        "{\"a\":NaN}",
        "\ufeff{}",
        "{\"a\":1e99999999999}"
      })
  void refusesBodiesThatAreNoJsonObject(String body) {
    assertThat(api.call("POST", "/api/webhooks", body, TestApi.ADMIN_TOKEN).status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|201",
        "application/json; charset=utf-8|201",
        "Application/JSON;charset=\"UTF-8\"|201",
        "text/plain|415",
        "application/x-www-form-urlencoded|415",
        "application/json; charset=latin1|415"
      })
  void readsJsonInUtf8Only(String contentType, int status) {
    Answer answer =
        api.call(
            "POST",
            "/api/webhooks",
            TestApi.smallest().encode(),
            TestApi.ADMIN_TOKEN,
            "Content-Type",
            contentType);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
  }

  @Test
  void takesAContentTypeWithoutABody() {
    Answer answer =
        api.call(
            "GET", "/api/webhooks", null, TestApi.ADMIN_TOKEN, "Content-Type", "application/json");

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void refusesABodyThatIsTooLargeAndServesTheConnectionOn() {
    String big = "{\"name\":\"" + "x".repeat((1 << 20) + 10) + "\"}";

    assertError(api.call("POST", "/api/webhooks", big, TestApi.ADMIN_TOKEN), 413, "too_large");
    assertThat(api.get("/api/webhooks").status()).isEqualTo(200);
  }

  @Test
  void refusesAChunkedBodyThatIsTooLargeWhileItArrives() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port.getAsInt())) {
      OutputStream out = socket.getOutputStream();
      write(
          out,
          "POST /api/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TestApi.ADMIN_TOKEN
              + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 20; i++) {
        write(out, "10000\r\n" + "x".repeat(0x10000) + "\r\n");
      }
      write(out, "0\r\n\r\n");
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void endsARequestWhoseBodyTrickles() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port.getAsInt())) {
      write(
          socket.getOutputStream(),
          "POST /api/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TestApi.ADMIN_TOKEN
              + "\r\nContent-Length: 100\r\n\r\n{");
      String answer = rest(socket.getInputStream());
      assertThat(answer).startsWith("HTTP/1.1 408").contains("\"request_timeout\"");
    }
  }

  @Test
  void endsAConnectionWhoseHeadNeverComes() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port.getAsInt())) {
      write(socket.getOutputStream(), "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      assertThat(rest(socket.getInputStream())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONSENSE", "GET / HTTP/x.y", "G\u0001T / HTTP/1.1"})
  void answersWhatIsNoHttp(String line) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port.getAsInt())) {
      write(socket.getOutputStream(), line + "\r\n\r\n");
      assertThat(rest(socket.getInputStream())).startsWith("HTTP/1").contains("400", "\"error\"");
    }
  }

  @Test
  void answersARequestLineAndHeadersThatAreTooLong() {
    assertError(api.get("/api/webhooks?sort=" + "x".repeat(9_000)), 414, "uri_too_long");
    assertError(
        api.call("GET", "/api/webhooks", null, TestApi.ADMIN_TOKEN, "X-Long", "x".repeat(17_000)),
        431,
        "headers_too_large");
  }

  @Test
  void refusesAPathThatIsNotPercentEncoded() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port.getAsInt())) {
      write(
          socket.getOutputStream(),
          "GET /api/webhooks/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
              + TestApi.ADMIN_TOKEN
              + "\r\n\r\n");
      assertThat(rest(socket.getInputStream())).startsWith("HTTP/1.1 40").contains("\"error\"");
    }
    assertThat(api.get("/api/webhooks/webhook_%00").status()).isEqualTo(404);
  }

  @Test
  void answersHealthAndMetricsToThoseWithTheToken() {
    assertThat(api.call("GET", "/health/live", null, null).status()).isEqualTo(401);
    assertThat(api.call("GET", "/health/live", null, "a-metrics-token").status()).isEqualTo(200);
    Answer ready = api.call("GET", "/health/ready", null, "a-metrics-token");
    assertThat(ready.json().getString("status")).isEqualTo("up");
    Answer metrics = api.call("GET", "/metrics", null, "a-metrics-token");
    assertThat(metrics.text()).isEqualTo("fanfare_up 1\n");
    assertThat(metrics.header("Content-Type")).startsWith("text/plain");
  }

  @Test
  void letsPagesOfNamedOriginsCallIt() {
    Answer preflight =
        api.call(
            "OPTIONS",
            "/api/webhooks",
            null,
            null,
            "Origin",
            ORIGIN,
            "Access-Control-Request-Method",
            "POST");
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
    assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization");

    Answer refused = api.call("GET", "/api/webhooks", null, null, "Origin", ORIGIN);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
    Answer other =
        api.call(
            "GET", "/api/webhooks", null, TestApi.ADMIN_TOKEN, "Origin", "https://evil.example");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void servesPagesUnderAStrictPolicy() {
    Answer script = api.call("GET", "/app.js", null, null);
    assertThat(script.status()).isEqualTo(200);
    assertThat(script.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(
            api.call("GET", "/app.js", null, null, "If-None-Match", script.header("ETag")).status())
        .isEqualTo(304);
    for (String path : new String[] {"/", "/docs"}) {
      Answer page = api.call("GET", path, null, null);
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("Content-Security-Policy"))
          .contains("default-src 'none'")
          // The import map, by its hash.
          .containsPattern("script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}';")
          .contains("style-src 'self';")
          .contains("connect-src 'self';")
          .doesNotContain("unsafe");
    }
    assertThat(api.call("GET", "/docs/../api/webhooks", null, null).status()).isEqualTo(401);
    for (String path : new String[] {"/..%2fopenapi.yaml", "/lib/", "/lib", "/no.js"}) {
      assertThat(api.call("GET", path, null, null).status()).as(path).isEqualTo(404);
    }
    assertError(api.call("POST", "/docs", "{}", null), 405, "method_not_allowed");
  }

  @Test
  void compressesPagesForThoseWhoAskForIt() {
    Answer plain = api.call("GET", "/app.js", null, null);
    assertThat(plain.header("Content-Encoding")).isEmpty();
    assertThat(plain.header("Vary")).isEqualTo("Accept-Encoding");
    Answer small = api.call("GET", "/app.js", null, null, "Accept-Encoding", "br, gzip;q=0.8");
    assertThat(small.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(small.header("ETag")).isNotEqualTo(plain.header("ETag"));
    assertThat(Integer.parseInt(small.header("Content-Length")))
        .isLessThan(Integer.parseInt(plain.header("Content-Length")));
    Answer refused = api.call("GET", "/app.js", null, null, "Accept-Encoding", "br, gzip;q=0");
    assertThat(refused.header("Content-Encoding")).isEmpty();
  }

  @Test
  void describesItselfInYamlAndInJson() {
    assertThat(api.call("GET", "/api/openapi.yaml", null, null).text()).contains("openapi: 3.1.0");
    Answer json = api.call("GET", "/api/openapi.json", null, null);
    assertThat(json.header("Content-Type")).isEqualTo("application/json");
    assertThat(json.json()).isEqualTo(ApiDescription.raw());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs",
        "/",
        "/api/openapi.yaml",
        "/api/webhooks",
        "/api/webhooks?limit=0",
        "/api/webhooks/webhook_00000000000000000000000000",
        "/api/event-types",
        "/api/nothing",
        "/nothing"
      })
  void answersAHeadAsAGetWithoutItsBody(String path) {
    Answer get = api.get(path);
    Answer head = api.call("HEAD", path, null, TestApi.ADMIN_TOKEN);

    assertThat(head.status()).isEqualTo(get.status());
    assertThat(head.text()).isEmpty();
    assertThat(head.headers()).isEqualTo(get.headers());
    assertThat(Integer.parseInt(head.header("Content-Length")))
        .isEqualTo(get.text().getBytes(StandardCharsets.UTF_8).length)
        .isPositive();
  }

  @Test
  void asksAHeadForTheSameTokenAsAGet() {
    assertThat(api.call("HEAD", "/api/webhooks", null, null).status()).isEqualTo(401);
    assertThat(api.call("HEAD", "/metrics", null, null).status()).isEqualTo(401);
    assertThat(api.call("HEAD", "/health/ready", null, "a-metrics-token").status()).isEqualTo(200);
  }

  @Test
  void answersNoHeadWhereThereIsNoGet() {
    Answer batch = api.call("HEAD", "/api/keys/key_0", null, TestApi.ADMIN_TOKEN);
    assertThat(batch.status()).isEqualTo(405);
    assertThat(batch.header("Allow")).isEqualTo("DELETE");
  }

  @Test
  void closesConnectionsBeyondItsBoundAtOnce() throws IOException {
    try (TestApi small =
            new TestApi(
                List.of(),
                http ->
                    new HttpConfig(
                        http.host(),
                        http.port(),
                        List.of(),
                        "",
                        http.bodyBytesMax(),
                        2,
                        http.idleTimeout(),
                        http.readTimeout()));
        Socket first = open(small);
        Socket second = open(small)) {
      write(first.getOutputStream(), "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(head(first.getInputStream())).isEqualTo("HTTP/1.1 200");
      write(second.getOutputStream(), "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(head(second.getInputStream())).isEqualTo("HTTP/1.1 200");
      try (Socket third = open(small)) {
        assertThat(third.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  private static Socket open(TestApi target) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), target.port.getAsInt());
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(12);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static String rest(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
