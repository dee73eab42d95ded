package io.fanfare.api;

import io.fanfare.config.AuthConfig;
import io.fanfare.config.HttpConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the verticles of the room share; everything in it is thread-safe.
 *
 * @param resources the routes under {@code /api}
 * @param readiness all must hold for {@code GET /health/ready} to be 200
 * @param metrics the text of {@code GET /metrics}, made on a worker
 * @param connections counts connections of all event loops
 * @param readLimit after which a {@code GET} is answered 503; a query that the database ends itself
 *     ends before
 * @param port learns the actual port once the service listens
 * @param draining whether the service is on its way down
 */
public record ApiServices(
    HttpConfig http,
    AuthConfig auth,
    KeyStore keys,
    FailureLimit failures,
    List<ResourceHandler> resources,
    List<ReadinessCheck> readiness,
    Supplier<String> metrics,
    AtomicInteger connections,
    Duration readLimit,
    ListeningPort port,
    BooleanSupplier draining) {

  private static final Duration READ_LIMIT = Duration.ofSeconds(12);

  public ApiServices {
    resources = List.copyOf(resources);
    readiness = List.copyOf(readiness);
  }

  /** The same with a limit, a counter and a port of its own. */
  public static ApiServices of(
      HttpConfig http,
      AuthConfig auth,
      KeyStore keys,
      List<ResourceHandler> resources,
      List<ReadinessCheck> readiness,
      Supplier<String> metrics,
      ListeningPort port) {
    return new ApiServices(
        http,
        auth,
        keys,
        new FailureLimit(auth.failuresPerMinute(), System::nanoTime),
        resources,
        readiness,
        metrics,
        new AtomicInteger(),
        READ_LIMIT,
        port,
        () -> false);
  }

  /** The same, refusing every request under {@code /api} from when this says so. */
  public ApiServices refusingWhile(BooleanSupplier drains) {
    return new ApiServices(
        http,
        auth,
        keys,
        failures,
        resources,
        readiness,
        metrics,
        connections,
        readLimit,
        port,
        drains);
  }

  /** The same with another limit for reads. */
  public ApiServices withReadLimit(Duration limit) {
    return new ApiServices(
        http,
        auth,
        keys,
        failures,
        resources,
        readiness,
        metrics,
        connections,
        limit,
        port,
        draining);
  }
}
