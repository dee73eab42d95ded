package io.fanfare.bench;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.lang.management.ManagementFactory;

/**
 * The raw ceiling: signed POSTs to the receiver with nothing around them. Each line of standard
 * input is a number of requests; prints the nanoseconds that they took, and this process's CPU.
 */
public final class CeilingProcess extends VerticleBase {
  static final String NANOS = "NANOS ";
  static final String CPU_NANOS = "CPU ";

  private static final int LOOPS = 2;
  private static final int CONCURRENCY = 64;

  private final int port;
  private final int requests;
  private final Promise<Void> done = Promise.promise();
  private final byte[] body;
  private HttpClientAgent client;
  private int started;
  private int ended;

  private CeilingProcess(int port, int requests, int bytes) {
    this.port = port;
    this.requests = requests;
    this.body = SampleData.ofBytes(bytes).getBytes();
  }

  /**
   * Measures as it is told.
   *
   * @param args the receiver's port, the bytes of each request
   */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    int bytes = Integer.parseInt(args[1]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS).setPreferNativeTransport(true));
    ProcessOutput.obey(
        line -> {
          long begin = System.nanoTime();
          long cpu = cpuNanos();
          run(vertx, port, Integer.parseInt(line), bytes)
              .onSuccess(
                  done -> {
                    System.out.println(NANOS + (System.nanoTime() - begin));
                    System.out.println(CPU_NANOS + (cpuNanos() - cpu));
                  })
              .onFailure(ProcessOutput::failed);
        });
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static Future<?> run(Vertx vertx, int port, int requests, int bytes) {
    CeilingProcess[] loops = new CeilingProcess[LOOPS];
    int[] next = {0};
    for (int i = 0; i < LOOPS; i++) {
      loops[i] = new CeilingProcess(port, requests / LOOPS, bytes);
    }
    return vertx
        .deployVerticle(
            () -> {
              synchronized (next) {
                return loops[next[0]++];
              }
            },
            new DeploymentOptions().setInstances(LOOPS))
        .compose(
            id ->
                Future.all(loops[0].done.future(), loops[1].done.future())
                    .eventually(() -> vertx.undeploy(id)));
  }

  @Override
  public Future<?> start() {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONCURRENCY));
    for (int i = 0; i < Math.min(CONCURRENCY, requests); i++) {
      next();
    }
    return Future.succeededFuture();
  }

  private void next() {
    if (started == requests) {
      return;
    }
    started++;
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/hook")
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Trae-Signature-256", ReceiverProcess.signature(body)))
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(response -> response.body())
        .onComplete(
            (answer, failure) -> {
              if (++ended == requests) {
                done.complete();
              } else {
                next();
              }
            });
  }
}
