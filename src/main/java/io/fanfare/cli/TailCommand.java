package io.fanfare.cli;

import io.fanfare.client.FanfareClient;
import io.fanfare.client.FanfareClient.RefusedException;
import io.fanfare.client.StreamedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code fanfare tail}: prints each attempt as it happens, and connects again where the service
 * went away. What happened meanwhile is not printed; the list of deliveries has it.
 */
@Command(
    name = "tail",
    description = "Prints the attempts of a running service as they happen, until Ctrl-C.")
final class TailCommand implements Callable<Integer> {
  private static final String TOKEN_VARIABLE = "FANFARE_AUTH_ADMIN_TOKEN";
  private static final Duration WAIT_MIN = Duration.ofSeconds(1);
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);
  private static final int EXIT_REFUSED = 77; // EX_NOPERM of sysexits.h
  private static final int TOO_MANY_REQUESTS = 429;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--webhook", paramLabel = "ID", description = "Only this webhook.")
  private @Nullable String webhook;

  @Option(names = "--type", paramLabel = "TYPE", description = "Only this event type.")
  private @Nullable String type;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only attempts that end like this: success, failed, or pending for one that is retried.")
  private @Nullable String status;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the service is; default: ${DEFAULT-VALUE}.")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "Token of an API key; else the one in " + TOKEN_VARIABLE + ".")
  private @Nullable String token;

  @Option(names = "--json", description = "Prints the entries as they came, one a line.")
  private boolean json;

  @Option(names = "--count", paramLabel = "N", description = "Stops after so many entries.")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      FanfareClient client =
          new FanfareClient(vertx, host(), port(), "https".equals(url.getScheme()), token());
      return follow(client);
    } finally {
      vertx.close();
    }
  }

  private String host() {
    if (url.getHost() == null) {
      throw wrong("--url must be like http://127.0.0.1:8080");
    }
    return url.getHost();
  }

  private int port() {
    return url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
  }

  private String token() {
    String known = token == null ? System.getenv(TOKEN_VARIABLE) : token;
    if (known == null || known.isEmpty()) {
      throw wrong("missing token: give --token, or set " + TOKEN_VARIABLE);
    }
    return known;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(java.util.Objects.requireNonNull(spec).commandLine(), message);
  }

  private int follow(FanfareClient client) throws InterruptedException {
    String path = "/api/deliveries/stream" + query();
    AtomicLong printed = new AtomicLong();
    Duration wait = WAIT_MIN;
    while (true) {
      CompletableFuture<Void> enough = new CompletableFuture<>();
      boolean[] opened = new boolean[1];
      CompletableFuture<Void> ended =
          client.stream(
                  path,
                  () -> opened[0] = true,
                  event -> {
                    if (printed.get() < count
                        && print(event)
                        && printed.incrementAndGet() == count) {
                      enough.complete(null);
                    }
                  })
              .toCompletionStage()
              .toCompletableFuture();
      String why = "the service ended the stream";
      try {
        CompletableFuture.anyOf(ended, enough).get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RefusedException refused && isFinal(refused.status())) {
          Console.error("the service refuses: " + refused.getMessage());
          return EXIT_REFUSED;
        }
        why = String.valueOf(e.getCause().getMessage());
      }
      if (enough.isDone()) {
        return 0;
      }
      wait = opened[0] ? WAIT_MIN : min(wait.multipliedBy(2), WAIT_MAX);
      Console.error(
          why + "; connects again in " + wait.toSeconds() + " s, what happens meanwhile is missed");
      Thread.sleep(wait.toMillis());
    }
  }

  /** Whether asking again would be answered the same. */
  private static boolean isFinal(int status) {
    return status / 100 == 4 && status != TOO_MANY_REQUESTS;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private String query() {
    List<String> parameters = new ArrayList<>();
    add(parameters, "webhook_id", webhook);
    add(parameters, "event_type", type);
    add(parameters, "status", status);
    return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
  }

  private static void add(List<String> parameters, String name, @Nullable String value) {
    if (value != null) {
      parameters.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  /** Prints an event; answers whether it was a delivery. */
  private boolean print(StreamedEvent event) {
    if (event.name().equals("delivery")) {
      Console.line(json ? event.data() : TailLine.of(new JsonObject(event.data())));
      return true;
    }
    if (event.name().equals("dropped")) {
      Console.error(
          new JsonObject(event.data()).getLong("dropped")
              + " entries were dropped, because this reader is too slow");
    } else if (event.name().equals("end")) {
      Console.error("the stream ends: " + new JsonObject(event.data()).getString("reason"));
    }
    return false;
  }
}
