package io.fanfare.bench;

import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Which webhooks an event is for, by the number of those that there are: one for each project. */
@State(Scope.Thread)
public class MatchMicro {
  private static final String TYPE = "build.completed";

  /** How many there are. */
  @Param({"1", "1000", "100000"})
  public int webhooks;

  private final WebhookIndex index = new WebhookIndex();
  private String[] projects = {};
  private int next;

  /** Fills the index. */
  @Setup
  public void fill() {
    projects = new String[webhooks];
    for (int i = 0; i < webhooks; i++) {
      projects[i] = "p" + i;
      index.put(webhook(i + 1, projects[i]));
    }
  }

  /** An event of the next project, which matches one. */
  @Benchmark
  public List<Webhook> one() {
    next = next + 1 < webhooks ? next + 1 : 0;
    return index.match(TYPE, projects[next]);
  }

  /** An event of no project, which matches none. */
  @Benchmark
  public List<Webhook> none() {
    return index.match(TYPE, null);
  }

  private static Webhook webhook(int number, String project) {
    return new Webhook(
        number,
        new UUID(7, number),
        project,
        "bench",
        "http://127.0.0.1/" + number,
        List.of(TYPE),
        null,
        ReceiverProcess.SECRET,
        Map.of(),
        true,
        null,
        Duration.ofSeconds(30),
        RetryPolicy.DEFAULT,
        Instant.EPOCH,
        Instant.EPOCH,
        "bench",
        1,
        CircuitRecord.CLOSED);
  }
}
