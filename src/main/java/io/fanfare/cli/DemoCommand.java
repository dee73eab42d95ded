package io.fanfare.cli;

import io.fanfare.client.FanfareClient;
import io.fanfare.config.FanfareConfig;
import io.fanfare.event.EventType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fanfare demo}: the main job, in front of somebody's eyes. */
@Command(
    name = "demo",
    description =
        "Starts everything, delivers the sample events to a sample receiver, and stays up.")
final class DemoCommand implements Callable<Integer> {
  private static final String WEBHOOK_NAME = "Fanfare demo receiver";
  private static final String PROJECT = "proj_123";
  private static final long CALL_SECONDS = 30;
  private static final long ARRIVAL_SECONDS = 30;

  @Option(names = "--exit", description = "Stops after the sample events.")
  private boolean exit;

  @Override
  public Integer call() throws Exception {
    String token = "demo_" + random(24);
    FanfareConfig config = Service.configure(null, environment(token));
    Console.line(
        "Starting Fanfare with an embedded PostgreSQL in " + config.database().embeddedDir());
    Console.line(
        "Deliveries may reach this machine only because delivery.allowed_networks = "
            + String.join(", ", config.delivery().allowedNetworks()));
    Service service = Service.start(config);
    service.stopOnSignal();
    boolean allArrived = run(service, config, token);
    if (exit) {
      service.close();
      return allArrived ? 0 : 1;
    }
    Console.line("");
    Console.line(
        "Dashboard  http://" + config.http().host() + ":" + service.fanfare().port() + "/");
    Console.line("API token  " + token);
    Console.line("Ctrl-C stops everything.");
    service.awaitStop();
    return 0;
  }

  /** What the demo needs, unless the person who started it said otherwise. */
  private static Map<String, String> environment(String token) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putIfAbsent("FANFARE_DATABASE_EMBEDDED_DIR", "data/demo");
    environment.putIfAbsent("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128");
    environment.putIfAbsent("FANFARE_LOG_LEVEL", "warn");
    environment.put("FANFARE_AUTH_ADMIN_TOKEN", token);
    return environment;
  }

  private static boolean run(Service service, FanfareConfig config, String token)
      throws InterruptedException, ExecutionException, TimeoutException {
    BlockingQueue<DemoReceiver.Receipt> receipts = new LinkedBlockingQueue<>();
    String secret = "demo-" + random(16);
    DemoReceiver receiver = new DemoReceiver(service.vertx(), secret, receipts::add);
    String url = await(receiver.listen());
    FanfareClient client =
        new FanfareClient(service.vertx(), config.http().host(), service.fanfare().port(), token);
    removeOldWebhooks(client);
    JsonObject webhook =
        await(
            client.post(
                "/api/webhooks",
                new JsonObject()
                    .put("name", WEBHOOK_NAME)
                    .put("url", url)
                    .put("events", new JsonArray().add("*"))
                    .put("project_id", PROJECT)
                    .put("secret", secret)));
    Console.line("Registered " + webhook.getString("webhook_id") + " for " + url);
    Console.line("");
    return publishAll(client, webhook.getString("webhook_id"), receipts);
  }

  private static boolean publishAll(
      FanfareClient client, String webhook, BlockingQueue<DemoReceiver.Receipt> receipts)
      throws InterruptedException, ExecutionException, TimeoutException {
    int arrived = 0;
    for (EventType type : EventType.all()) {
      JsonObject sample = type.sample();
      await(client.post("/api/events", sample));
      DemoReceiver.Receipt receipt = receipts.poll(ARRIVAL_SECONDS, TimeUnit.SECONDS);
      boolean good = receipt != null && receipt.verified() && receipt.event().equals(type.type());
      Console.line(line(type.type(), receipt, good));
      arrived += good ? 1 : 0;
    }
    int all = EventType.all().size();
    JsonObject stats = awaitRecorded(client, webhook, arrived);
    Console.line("");
    Console.line(
        arrived
            + " of "
            + all
            + " sample events were delivered; the service has recorded "
            + stats.getInteger("successful_deliveries")
            + " of them as success.");
    return arrived == all && stats.getInteger("successful_deliveries") == all;
  }

  private static String line(String type, DemoReceiver.@Nullable Receipt receipt, boolean good) {
    if (receipt == null) {
      return String.format("  ✗ %-24s did not arrive within %d s", type, ARRIVAL_SECONDS);
    }
    return String.format(
        "  %s %-24s %-30s %5d bytes, %s",
        good ? "✓" : "✗",
        type,
        receipt.delivery(),
        receipt.bytes(),
        receipt.verified() ? "signature verified" : "SIGNATURE WRONG");
  }

  /** The receiver has answered; the record of it is one commit behind. */
  private static JsonObject awaitRecorded(FanfareClient client, String webhook, int expected)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARRIVAL_SECONDS);
    JsonObject stats;
    do {
      stats = await(client.get("/api/webhooks/" + webhook)).getJsonObject("stats");
    } while (stats.getInteger("successful_deliveries") < expected && System.nanoTime() < deadline);
    return stats;
  }

  private static void removeOldWebhooks(FanfareClient client)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<String> old = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page = await(client.get("/api/webhooks?limit=100" + cursor));
      for (Object item : page.getJsonArray("webhooks")) {
        JsonObject webhook = (JsonObject) item;
        if (webhook.getString("name").equals(WEBHOOK_NAME)) {
          old.add(webhook.getString("webhook_id"));
        }
      }
      String next = page.getJsonObject("pagination").getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    for (String id : old) {
      await(client.delete("/api/webhooks/" + id));
    }
  }

  private static String random(int bytes) {
    byte[] value = new byte[bytes];
    new SecureRandom().nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(CALL_SECONDS, TimeUnit.SECONDS);
  }
}
