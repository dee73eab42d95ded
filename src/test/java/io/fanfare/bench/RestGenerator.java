package io.fanfare.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;

/**
 * Publishes over REST from a process of its own, with a bounded number of requests on their way.
 * Each line of standard input is a run: how many events, how many in one request, how many requests
 * on their way. Says how long it took and how many requests were not accepted.
 */
public final class RestGenerator {
  static final String NANOS = "NANOS ";
  static final String FAILED = "FAILED ";

  private final RestPublisher publisher;
  private final String type;
  private final int requests;
  private final int batch;
  private final int projects;
  private final String data;
  private final int outstandingMax;
  private final Pace pace;
  private long begin;
  private int started;
  private int ended;
  private int failed;

  private RestGenerator(Vertx vertx, RestPublisher publisher, String[] args, String[] run) {
    this.publisher = publisher;
    this.type = args[2];
    this.projects = Integer.parseInt(args[3]);
    this.data = SampleData.ofBytes(Integer.parseInt(args[4])).toString();
    this.batch = Integer.parseInt(run[1]);
    this.requests = Integer.parseInt(run[0]) / batch;
    this.outstandingMax = Integer.parseInt(run[2]);
    int receiverPort = Integer.parseInt(args[5]);
    this.pace = new Pace(vertx, receiverPort, Pace.UNDELIVERED_MAX, this::publish);
  }

  /** Starts one for a service: events of a type, over so many projects, with bytes of data. */
  static ChildProcess start(BenchedService service, String type, int projects, int bytes)
      throws IOException {
    return service.startGenerator(
        RestGenerator.class, type, projects, bytes, Integer.toString(BenchedReceiver.PORT));
  }

  /**
   * Publishes as it is told.
   *
   * @param args port, token, event type, projects, bytes of data, the receiver's port
   */
  public static void main(String[] args) {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    RestPublisher publisher = new RestPublisher(vertx, Integer.parseInt(args[0]), args[1]);
    Context context = vertx.getOrCreateContext();
    ProcessOutput.obey(
        line -> {
          RestGenerator generator = new RestGenerator(vertx, publisher, args, line.split(" "));
          context.runOnContext(v -> generator.run());
        });
  }

  private void run() {
    begin = System.nanoTime();
    pace.start();
  }

  private void publish() {
    while (started < requests
        && started - ended < outstandingMax
        && pace.mayPublish((long) started * batch)) {
      publish(started++);
    }
  }

  private void publish(int number) {
    Future<Boolean> accepted =
        batch == 1
            ? publisher.publish(type, project(number), data)
            : publisher.publishBatch(body(number));
    accepted.onComplete(
        (well, failure) -> {
          if (well == null || !well) {
            failed++;
          }
          if (++ended < requests) {
            publish();
            return;
          }
          pace.end();
          System.out.println(NANOS + (System.nanoTime() - begin));
          System.out.println(FAILED + failed);
        });
  }

  private String body(int number) {
    StringBuilder body = new StringBuilder("{\"events\":[");
    for (int i = 0; i < batch; i++) {
      body.append(i == 0 ? "" : ",")
          .append(RestPublisher.event(type, project(number * batch + i), data));
    }
    return body.append("]}").toString();
  }

  private String project(int event) {
    return "p" + event % projects;
  }
}
