package io.fanfare.bench;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Publishes single events over REST from a process of its own, more of them than the service can
 * take. Each line of standard input is a run: events a second, events, most connections; a rate of
 * 0 publishes as fast as answers come. Prints the {@link FloodFigure}s, and then for each second of
 * a run with a rate what the acceptance of its events took: 99 of a hundred, in microseconds; -1
 * where none was accepted.
 */
public final class FloodGenerator {
  private static final String SECOND = "SECOND ";

  private FloodGenerator() {}

  /** Starts one for a service, with a webhook for each project. */
  static ChildProcess start(BenchedService service, String type, int projects, int bytes)
      throws IOException {
    return service.startGenerator(FloodGenerator.class, type, projects, bytes);
  }

  /** Has it run, and waits for what came of it. */
  static FloodRun.Result run(ChildProcess generator, FloodRun.Order order) throws IOException {
    generator.tell(order.perSecond() + " " + order.events() + " " + order.connections());
    Map<FloodFigure, Long> figures = FloodFigure.readFrom(generator);
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < order.seconds(); i++) {
      seconds.add(generator.await(SECOND));
    }
    return new FloodRun.Result(figures, seconds);
  }

  /**
   * Publishes as it is told.
   *
   * @param args port, token, event type, projects over which the events go round, bytes of data
   */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    List<Buffer> requests =
        requests(port, args[1], args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    NetClient client = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    Context context = vertx.getOrCreateContext();
    ProcessOutput.obey(
        line -> {
          String[] run = line.split(" ", -1);
          FloodRun.Order order =
              new FloodRun.Order(
                  Integer.parseInt(run[0]), Integer.parseInt(run[1]), Integer.parseInt(run[2]));
          context.runOnContext(
              v ->
                  new FloodRun(vertx, client, port, requests, order)
                      .run()
                      .onSuccess(FloodGenerator::print));
        });
  }

  private static List<Buffer> requests(
      int port, String token, String type, int projects, int bytes) {
    String data = SampleData.ofBytes(bytes).toString();
    List<Buffer> requests = new ArrayList<>();
    for (int i = 0; i < projects; i++) {
      Buffer body = Buffer.buffer(RestPublisher.event(type, "p" + i, data));
      requests.add(
          Buffer.buffer(
                  "POST /api/events HTTP/1.1\r\nHost: 127.0.0.1:"
                      + port
                      + "\r\nAuthorization: Bearer "
                      + token
                      + "\r\nContent-Type: application/json\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n")
              .appendBuffer(body));
    }
    return requests;
  }

  private static void print(FloodRun.Result result) {
    result.figures().forEach((figure, value) -> System.out.println(figure + " " + value));
    result.secondsP99().forEach(micros -> System.out.println(SECOND + micros));
  }
}
