package io.fanfare.bench;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Publishes single events over REST at a fixed rate, from a process of its own. Each line of
 * standard input is a run: events a second, events, prefix and number of the projects over which
 * they go round. Prints what the acceptance took, in microseconds, and how many were not accepted.
 */
public final class OpenGenerator {
  static final String P50 = "P50 ";
  static final String P99 = "P99 ";
  static final String MAX = "MAX ";
  static final String FAILED = "FAILED ";

  private final Context context;
  private final RestPublisher publisher;
  private final String type;
  private final String filling;

  private OpenGenerator(Context context, RestPublisher publisher, String type, int bytes) {
    this.context = context;
    this.publisher = publisher;
    this.type = type;
    this.filling = "x".repeat(bytes);
  }

  /** Starts one for a service; bytes are those that fill the data. */
  static ChildProcess start(BenchedService service, String type, int bytes) throws IOException {
    return ChildProcess.start(
        OpenGenerator.class,
        List.of("-Xmx256m"),
        Map.of(),
        Long.toString(service.port()),
        BenchedService.TOKEN,
        type,
        Integer.toString(bytes));
  }

  /**
   * Publishes as it is told.
   *
   * @param args port, token, event type, bytes that fill the data
   */
  public static void main(String[] args) {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    RestPublisher publisher = new RestPublisher(vertx, Integer.parseInt(args[0]), args[1]);
    OpenGenerator generator =
        new OpenGenerator(
            vertx.getOrCreateContext(), publisher, args[2], Integer.parseInt(args[3]));
    ProcessOutput.obey(generator::run);
  }

  private void run(String line) {
    String[] run = line.split(" ", -1);
    String prefix = run[2];
    int projects = Integer.parseInt(run[3]);
    new OpenLoop(
            context,
            Integer.parseInt(run[0]),
            Integer.parseInt(run[1]),
            (number, dueNanos) ->
                publisher.publish(type, prefix + number % projects, data(dueNanos)))
        .run()
        .onSuccess(
            result -> {
              print(P50, result.nanos().getValueAtPercentile(50));
              print(P99, result.nanos().getValueAtPercentile(99));
              print(MAX, result.nanos().getMaxValue());
              System.out.println(FAILED + result.failed());
            });
  }

  /** The moment at which the event was due goes along, for {@link ReceiverProcess} to subtract. */
  private String data(long dueNanos) {
    return "{\"" + ReceiverProcess.DUE + "\":" + dueNanos + ",\"log\":\"" + filling + "\"}";
  }

  private static void print(String word, long nanos) {
    System.out.println(word + TimeUnit.NANOSECONDS.toMicros(nanos));
  }
}
