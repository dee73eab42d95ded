package io.fanfare.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The receiver of all benchmarks, always the same: answers 200 with two bytes, counts, and checks
 * the signature of every hundredth request. {@code GET /count} tells what it saw, {@code GET
 * /arrived/N} as soon as that is N deliveries.
 *
 * <p>Requests to {@code /timed/…} have in their data when they were due; {@code GET /times} tells
 * what they took until their first bytes were here, and starts anew.
 *
 * <p>Requests to {@code /hang/…} get no answer, those to {@code /flap/…} a 500 in every other
 * second. {@code GET /mode/hang} makes it answer nothing any more, until {@code GET /mode/ok};
 * either makes it forget when the first delivery came.
 */
public final class ReceiverProcess extends VerticleBase {
  /** The secret of every webhook of the benchmarks. */
  static final String SECRET = "bench-secret";

  /** The field of the data that says when the event was due, on {@link System#nanoTime}. */
  static final String DUE = "due_nanos";

  /** Those of the times that it tells one after the other. */
  static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0);

  /** Path before the number that it waits for. */
  static final String ARRIVED = "/arrived/";

  private static final String DUE_FIELD = "\"" + DUE + "\":";
  private static final int SAMPLE = 100;
  private static final Recorder TIMES = new Recorder(3);
  private static final LongAdder RECEIVED = new LongAdder();
  private static final LongAdder CHECKED = new LongAdder();
  private static final LongAdder WRONG = new LongAdder();
  private static final Buffer OK = Buffer.buffer("OK");
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static volatile boolean hanging;
  private static volatile long firstNanos;

  private final int port;
  private int sinceSample;

  private ReceiverProcess(int port) {
    this.port = port;
  }

  /**
   * Listens until it is ended.
   *
   * @param args the port
   */
  public static void main(String[] args) {
    ProcessOutput.endWithParent();
    int port = Integer.parseInt(args[0]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
    vertx
        .deployVerticle(() -> new ReceiverProcess(port), new DeploymentOptions().setInstances(2))
        .onSuccess(id -> ProcessOutput.ready(port))
        .onFailure(ProcessOutput::failed);
  }

  @Override
  public Future<?> start() {
    return vertx
        .createHttpServer(
            new HttpServerOptions().setHost("127.0.0.1").setPort(port).setReusePort(true))
        .requestHandler(this::receive)
        .listen();
  }

  private void receive(HttpServerRequest request) {
    if (request.path().equals("/count")) {
      request.response().end(count().encode());
      return;
    }
    if (request.path().startsWith(ARRIVED)) {
      long atLeast = Long.parseLong(request.path().substring(ARRIVED.length()));
      Reply.once(vertx, request, () -> RECEIVED.sum() >= atLeast, () -> count().encode());
      return;
    }
    if (request.path().equals("/times")) {
      request.response().end(times().encode());
      return;
    }
    if (request.path().startsWith("/mode/")) {
      hanging = request.path().endsWith("/hang");
      firstNanos = 0;
      request.response().end();
      return;
    }
    if (hanging || request.path().startsWith("/hang/")) {
      return;
    }
    if (firstNanos == 0) {
      firstNanos = System.nanoTime();
    }
    RECEIVED.increment();
    if (request.path().startsWith("/flap/") && System.nanoTime() / NANOS_PER_SECOND % 2 == 0) {
      request.response().setStatusCode(500).end();
      return;
    }
    if (request.path().startsWith("/timed/")) {
      time(request);
      return;
    }
    if (++sinceSample < SAMPLE) {
      request.response().end(OK);
      return;
    }
    sinceSample = 0;
    request
        .body()
        .onSuccess(
            body -> {
              CHECKED.increment();
              if (!signature(body.getBytes()).equals(request.getHeader("X-Trae-Signature-256"))) {
                WRONG.increment();
              }
              request.response().end(OK);
            });
  }

  private static JsonObject count() {
    return new JsonObject()
        .put("received", RECEIVED.sum())
        .put("checked", CHECKED.sum())
        .put("wrong", WRONG.sum())
        .put("first_nanos", firstNanos);
  }

  private static void time(HttpServerRequest request) {
    long here = System.nanoTime();
    request
        .body()
        .onSuccess(
            body -> {
              String text = body.toString();
              int from = text.indexOf(DUE_FIELD) + DUE_FIELD.length();
              long due = Long.parseLong(text, from, text.indexOf(',', from), 10);
              TIMES.recordValue(Math.max(0, here - due));
              request.response().end(OK);
            });
  }

  private static JsonObject times() {
    Histogram nanos = TIMES.getIntervalHistogram();
    return new JsonObject()
        .put("count", nanos.getTotalCount())
        .put("p50_micros", nanos.getValueAtPercentile(50) / 1_000)
        .put("p99_micros", nanos.getValueAtPercentile(99) / 1_000)
        .put("max_micros", nanos.getMaxValue() / 1_000)
        .put(
            "percentiles_micros",
            new JsonArray(
                PERCENTILES.stream().map(p -> nanos.getValueAtPercentile(p) / 1_000).toList()));
  }

  static String signature(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
