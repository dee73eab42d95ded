package io.fanfare.api;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One condition without which the service should get no traffic.
 *
 * @param name a word for {@code GET /health/ready}
 * @param holds a future that fails where it does not hold; asked at every request, given 2 s
 */
public record ReadinessCheck(String name, Supplier<Future<Void>> holds) {}
