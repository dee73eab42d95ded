package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.client.FanfareClient;
import io.fanfare.faults.History.Hook;
import io.fanfare.faults.History.Told;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A service in a process of its own under steady load, which whoever tests a fault may kill and
 * start again: publishers with idempotency keys go on meanwhile, and everything that each side
 * knows is laid side by side at the end.
 */
final class FaultRun implements AutoCloseable {
  private static final int HANDS = 4;
  private static final int BATCH = 20;
  private static final long DELAY_MILLIS = 100;
  private static final int ATTEMPTS_MAX = 20;
  // Some 1,500 events a second.
  private static final long REST_MILLIS = 50;
  private static final int TIMEOUT_SECONDS = 5;
  private static final String SECRET = "a secret";

  /** Starts in seconds and needs little: there are hundreds of starts. */
  static final List<String> SMALL_JAVA =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  final Vertx vertx = Vertx.vertx();
  final FaultReceiver receiver;
  final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Told> polls = new ArrayList<>();
  private ServiceProcess service;
  private FanfareClient client;
  private ProducerLog log = new ProducerLog();
  private List<Hook> hooks = List.of();
  private SteadyPublisher publisher;
  private int kills;
  private int runs;
  private int rounds;
  private long faultEnded;
  private int receiptsThen;
  private boolean mayBlock;
  private Figures figures;

  private FaultRun(String fault, Path folder, String url, Map<String, String> more)
      throws IOException, TimeoutException {
    this.folder = folder;
    receiver = FaultReceiver.start(vertx);
    environment.putAll(
        Map.of(
            "FANFARE_HTTP_PORT", Integer.toString(freePort()),
            "FANFARE_DATABASE_URL", url,
            "FANFARE_SECRETS_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "FANFARE_DATABASE_STATEMENT_TIMEOUT", "2s",
            "FANFARE_DELIVERY_CIRCUIT_OPEN", "500ms",
            "FANFARE_DELIVERY_CIRCUIT_OPEN_MAX", "1s"));
    environment.putAll(more);
    figures = new Figures(fault, 0, 0, 0, 0, 0, 0);
  }

  /** A service on this database, without load as yet. */
  static FaultRun start(String fault, Path folder, String url) throws Exception {
    return start(fault, folder, url, Map.of(), List.of());
  }

  /** The same with more configuration and options of Java. */
  static FaultRun start(
      String fault, Path folder, String url, Map<String, String> environment, List<String> java)
      throws Exception {
    FaultRun run = new FaultRun(fault, folder, url, environment);
    run.startService(java);
    return run;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Registers a steady and a flaky receiver, and publishes to both until {@link #settled}. */
  void load() throws TimeoutException {
    load(receiver.port());
  }

  /** The same by way of another port. */
  void load(int port) throws TimeoutException {
    rounds++;
    log = new ProducerLog();
    polls.clear();
    kills = 0;
    String project = "round" + rounds;
    receiver.answer("/flaky" + rounds, (id, n) -> n == 1 && id.hashCode() % 5 == 0 ? 500 : 200);
    hooks =
        List.of(
            register(port, "/steady" + rounds, project),
            register(port, "/flaky" + rounds, project));
    publisher =
        SteadyPublisher.keyed(vertx, service.port(), ServiceProcess.TOKEN, BATCH, log)
            .of(project)
            .resting(REST_MILLIS)
            .start(HANDS);
  }

  private Hook register(int port, String path, String project) throws TimeoutException {
    String id =
        await(
                client.post(
                    "/api/webhooks",
                    new JsonObject()
                        .put("name", path)
                        .put("url", "http://127.0.0.1:" + port + path)
                        .put("secret", SECRET)
                        .put("timeout", TIMEOUT_SECONDS)
                        .put("events", new JsonArray().add("*"))
                        .put("project_id", project)
                        .put(
                            "retry_policy",
                            new JsonObject()
                                .put("max_attempts", ATTEMPTS_MAX)
                                .put("backoff_strategy", "fixed")
                                .put("initial_delay", DELAY_MILLIS)
                                .put("max_delay", DELAY_MILLIS))))
            .getString("webhook_id");
    return new Hook(id, path, SECRET, ATTEMPTS_MAX, DELAY_MILLIS);
  }

  FanfareClient client() {
    return client;
  }

  ServiceProcess service() {
    return service;
  }

  SteadyPublisher publisher() {
    return publisher;
  }

  List<Hook> hooks() {
    return hooks;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Waits until so many more events are accepted. */
  void awaitAccepted(int more) {
    int before = publisher.accepted();
    await().atMost(Duration.ofSeconds(90)).until(() -> publisher.accepted() >= before + more);
  }

  /** Waits until so many more requests are refused, or cut off. */
  void awaitRefused(int more) {
    int before = publisher.refused() + publisher.cutOff();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> publisher.refused() + publisher.cutOff() >= before + more);
  }

  /** Lets time pass: what a fault lasts, not what a result needs. */
  void passes(Duration time) throws TimeoutException {
    await(vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Looks what the service tells of one page, for later comparison. */
  void poll() {
    try {
      for (Hook hook : hooks) {
        JsonObject page = await(client.get("/api/webhooks/" + hook.id() + "/deliveries?limit=100"));
        polls.addAll(Histories.read(hook.id(), page));
      }
    } catch (Exception away) {
      // It cannot tell anything now.
      return;
    }
  }

  /** {@code kill -9}, and the time to recovery begins. */
  void kill() throws IOException, InterruptedException {
    remember();
    service.kill(false);
    died();
  }

  /** The process has died by itself. */
  void died() {
    kills++;
    client.close();
    healed();
  }

  /** The fault is over: the time until something arrives is the recovery. */
  void healed() {
    faultEnded = System.nanoTime();
    receiptsThen = receiver.count();
  }

  /** Starts a process that is to die by itself, and waits until it has. */
  int diesByItself(List<String> more) throws IOException, InterruptedException {
    List<String> java = new ArrayList<>(SMALL_JAVA);
    java.addAll(more);
    Process process = ServiceProcess.launch(folder, List.of("start"), java, environment);
    process.getInputStream().readAllBytes();
    int code = process.waitFor();
    died();
    return code;
  }

  /** Starts the service again where it has ended. */
  void startService(List<String> more) throws IOException {
    List<String> java = new ArrayList<>(SMALL_JAVA);
    java.addAll(more);
    service = ServiceProcess.start(folder, java, environment);
    client = service.client(vertx);
  }

  /** Waits until something arrives. */
  void recovered() {
    await().atMost(Duration.ofSeconds(90)).until(() -> receiver.count() > receiptsThen);
    double seconds = (System.nanoTime() - faultEnded) / 1e9;
    figures = figures.with(new Figures(figures.fault(), 0, 0, 0, 0, seconds, 0));
  }

  private void remember() throws IOException {
    figures = figures.with(new Figures(figures.fault(), 0, 0, 0, 0, 0, service.peakMebibytes()));
  }

  /** The fault stops event loops for seconds by itself. */
  void mayBlock() {
    mayBlock = true;
  }

  /** Ends the load, waits until all is quiet, and checks what everybody knows. */
  void settled() throws Exception {
    settled(0);
  }

  /**
   * The same.
   *
   * @param repeats how often the network may have made a delivery arrive again
   */
  void settled(int repeats) throws Exception {
    List<String> violations = HistoryCheck.violations(quiet(), kills + repeats);
    assertThat(publisher.wrong()).isEmpty();
    assertThat(violations).as("run %d of %s", runs, figures.fault()).isEmpty();
    if (!mayBlock) {
      // What Vert.x says of an event loop that was busy for two seconds and more.
      assertThat(Files.readString(folder.resolve("service.log")))
          .as("what the service logged")
          .doesNotContain("has been blocked");
    }
  }

  /** Ends the load, waits until all is quiet, and answers what everybody knows. */
  History quiet() throws Exception {
    publisher.stop();
    await().atMost(Duration.ofSeconds(60)).until(publisher::isQuiet);
    for (Hook hook : hooks) {
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptions()
          .until(() -> Histories.stats(client, hook.id()).getInteger("pending_deliveries") == 0);
    }
    AtomicReference<History> read = new AtomicReference<>();
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () -> {
              read.set(Histories.of(client, log, hooks, receiver.got(hooks), polls));
              return true;
            });
    History history = read.get();
    remember();
    runs++;
    figures =
        figures.with(
            new Figures(
                figures.fault(),
                1,
                log.accepted().size(),
                history.lost(),
                history.duplicates(),
                0,
                0));
    return history;
  }

  Figures figures() {
    return figures;
  }

  @Override
  public void close() throws IOException {
    client.close();
    service.close();
    Path said = folder.resolve("service.log");
    if (Files.exists(said)) {
      Path kept = Path.of("target/faults", figures.fault() + ".log");
      Files.createDirectories(kept.getParent());
      Files.copy(said, kept, StandardCopyOption.REPLACE_EXISTING);
    }
    receiver.close();
    vertx.close();
  }
}
