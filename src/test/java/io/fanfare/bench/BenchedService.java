package io.fanfare.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The service that is measured, in a process of its own with its embedded PostgreSQL. */
final class BenchedService implements AutoCloseable {
  static final String TOKEN = "bench-token-0123456789";
  static final String HEAP = "-Xmx512m";

  /** Further options of its Java, separated by blanks. */
  static final String OPTIONS = "FANFARE_JAVA_OPTIONS";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ChildProcess process;
  private final BenchedServer server;
  private final long port;
  private final long generatorPort;
  private @Nullable DatabaseCounters databaseCounters;

  private BenchedService(ChildProcess process, BenchedServer server) throws IOException {
    this.process = process;
    this.server = server;
    this.port = process.await(ProcessOutput.READY);
    this.generatorPort = process.await(ProcessOutput.READY);
  }

  /**
   * Starts it on a new database and waits until it is ready.
   *
   * @param database folder of its PostgreSQL; what an earlier run left there is deleted. Not used
   *     where {@link BenchedServer#URL} names an external one
   */
  static BenchedService start(Path database) throws IOException {
    BenchedServer.of(database).empty();
    return startAgain(database);
  }

  /** Starts it on a database that is there already, and waits until it is ready. */
  static BenchedService startAgain(Path database) throws IOException {
    return start(database, ChildProcess.CLASS_PATH, List.of());
  }

  /** Starts another build, or with further options, on a new database. */
  static BenchedService startOther(Path database, String classPath, List<String> moreOptions)
      throws IOException {
    BenchedServer.of(database).empty();
    return start(database, classPath, moreOptions);
  }

  private static BenchedService start(Path database, String classPath, List<String> moreOptions)
      throws IOException {
    BenchedServer server = BenchedServer.of(database);
    Map<String, String> environment = new HashMap<>(server.environment());
    environment.putAll(
        Map.of(
            "FANFARE_HTTP_PORT", "0",
            "FANFARE_LOG_LEVEL", "warn",
            "FANFARE_AUTH_ADMIN_TOKEN", TOKEN,
            "FANFARE_SECRETS_KEYS", BenchedDatabase.KEY,
            "FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8"));
    return new BenchedService(
        ChildProcess.start(classPath, ServiceProcess.class, options(moreOptions), environment),
        server);
  }

  /** As the launcher {@code fanfare} starts it: what is in the variable comes later, and wins. */
  private static List<String> options(List<String> moreOptions) {
    List<String> options = new ArrayList<>(List.of(HEAP));
    String more = System.getenv(OPTIONS);
    if (more != null) {
      options.addAll(words(more));
    }
    options.addAll(moreOptions);
    return options;
  }

  /** The words of a line. */
  static List<String> words(String line) {
    return Pattern.compile("\\s+").splitAsStream(line).filter(word -> !word.isEmpty()).toList();
  }

  long port() {
    return port;
  }

  /** CPU of the service so far, in microseconds. */
  long cpuMicros() throws IOException {
    return CpuClock.process(process.pid());
  }

  /** CPU of its PostgreSQL so far, in microseconds; not a number where it is elsewhere. */
  double postgresCpuMicros() throws IOException {
    return server.cpuMicros();
  }

  /** Ends the service's process as {@code kill -9} does; its PostgreSQL goes on. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** Whether its PostgreSQL was there before. */
  boolean isExternal() {
    return server instanceof ExternalServer;
  }

  /**
   * Ends its PostgreSQL as {@code kill -9} does.
   *
   * @return whether it could be ended
   */
  boolean killPostgres() throws IOException {
    return server.kill();
  }

  /** Memory that the service's process has in use, in MiB. */
  long residentMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /** What is in use of its heap after a collection, in MiB. */
  double heapMebibytes() throws Exception {
    return get(generator("/heap")).getLong("used_bytes") / (double) (1 << 20);
  }

  /**
   * Publishes over the event bus and waits until all is acknowledged.
   *
   * @return {@code failed} and {@code cpu_nanos} of the generator, see {@link BusRun}
   */
  JsonObject publish(BusRun.Order order) throws Exception {
    return get(
        generator("/run")
            + "?type="
            + order.type()
            + "&events="
            + order.events()
            + "&bytes="
            + order.bytes()
            + "&outstanding="
            + order.outstanding()
            + "&projects="
            + order.projects()
            + "&fan_out="
            + order.fanOut()
            + "&undelivered="
            + order.undelivered()
            + "&receiver="
            + order.receiverPort());
  }

  /** The URL of its PostgreSQL. */
  String databaseUrl() throws IOException {
    return server.url();
  }

  /** Registers a webhook; its project alone decides which events of the type match. */
  void createWebhook(String name, String url, String type, String project) throws Exception {
    createWebhook(name, url, type, project, 30);
  }

  /**
   * The same, with a time limit for its attempts, in seconds.
   *
   * @return its id
   */
  String createWebhook(String name, String url, String type, String project, int timeout)
      throws Exception {
    HttpRequest request =
        request(api("/api/webhooks"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    new JsonObject()
                        .put("name", name)
                        .put("url", url)
                        .put("secret", ReceiverProcess.SECRET)
                        .put("events", new JsonArray().add(type))
                        .put("project_id", project)
                        .put("timeout", timeout)
                        .encode()))
            .build();
    return new JsonObject(good(send(request)).body()).getString("webhook_id");
  }

  /** Whether a webhook takes part from now on. */
  void setActive(String webhook, boolean active) throws Exception {
    good(
        send(
            request(api("/api/webhooks/" + webhook))
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("active", active).encode()))
                .build()));
  }

  /** Publishes one event of no project over REST; returns once it is accepted. */
  void publishOne(String type, Buffer data) throws Exception {
    good(
        send(
            request(api("/api/events"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"event\":\"" + type + "\",\"data\":" + data + "}"))
                .build()));
  }

  /**
   * Registers webhooks of the receiver that works, one for each project {@code p0}, {@code p1} and
   * so on.
   */
  void createWebhooks(int count, String path, String type) throws Exception {
    String url = BenchedReceiver.url(BenchedReceiver.PORT, path);
    for (int i = 0; i < count; i++) {
      createWebhook("bench " + i, url + i, type, "p" + i);
    }
  }

  /**
   * Starts a generator for its REST API.
   *
   * @param main takes the port, the token, the event type, the number of projects, the bytes of
   *     data, and what is its own
   */
  ChildProcess startGenerator(Class<?> main, String type, int projects, int bytes, String... itsOwn)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                Long.toString(port),
                TOKEN,
                type,
                Integer.toString(projects),
                Integer.toString(bytes)));
    arguments.addAll(List.of(itsOwn));
    return ChildProcess.start(
        main, List.of("-Xmx256m"), Map.of(), arguments.toArray(String[]::new));
  }

  private static HttpResponse<String> good(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(answer.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  /** Deliveries that are recorded as successful since the start. */
  long recorded() throws Exception {
    return metrics()
        .getOrDefault("fanfare_deliveries_settled_total{next=\"success\"}", 0.0)
        .longValue();
  }

  /** Waits until so many are, but no longer than that. */
  void awaitRecorded(long atLeast, long nanosMax) throws Exception {
    HttpRequest request =
        request(generator(BusGenerator.RECORDED + atLeast))
            .timeout(Duration.ofNanos(nanosMax))
            .build();
    try {
      good(send(request));
    } catch (HttpTimeoutException e) {
      // Whoever waited counts what is missing.
    }
  }

  /** What it has counted so far. */
  ServiceCounters counters() throws Exception {
    return ServiceCounters.of(metrics(), get(generator("/jvm")));
  }

  /** What its PostgreSQL counts; ends with the service. */
  DatabaseCounters databaseCounters() throws IOException {
    if (databaseCounters == null) {
      databaseCounters = new DatabaseCounters(databaseUrl());
    }
    return databaseCounters;
  }

  /** What {@code /metrics} says, by name and tags. */
  private Map<String, Double> metrics() throws Exception {
    return good(send(request(api("/metrics")).build()))
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
  }

  JsonObject get(String url) throws Exception {
    return new JsonObject(good(send(request(url).build())).body());
  }

  String api(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  private String generator(String path) {
    return "http://127.0.0.1:" + generatorPort + path;
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "Bearer " + TOKEN)
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    if (databaseCounters != null) {
      databaseCounters.close();
    }
    process.close();
  }
}
