package io.fanfare.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells who calls (contract, section 3). One for each event loop, used on it alone.
 *
 * <p>Keys are remembered for less than a second, so that a revocation is effective within one
 * second on every node, and a key made beside the running service at once. Unknown tokens are never
 * remembered.
 */
final class Authentication {
  /** Name of the user behind the token of the configuration. */
  static final String CONFIGURED_USER = "admin";

  // Counted from the start of the look-up; the rest of the second is for the request itself.
  private static final Duration REMEMBERED = Duration.ofMillis(900);
  private static final long REMEMBERED_MAX = 10_000;
  // A database that stands still must not keep a publisher waiting for a refusal.
  private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(4);
  private static final String SCHEME = "bearer ";

  private final KeyStore keys;
  private final FailureLimit failures;
  private final byte @Nullable [] configuredHash;

  private record Remembered(Caller caller, long askedAtNanos) {
    boolean fresh() {
      return System.nanoTime() - askedAtNanos < REMEMBERED.toNanos();
    }
  }

  private final Cache<String, Remembered> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();
  private final Map<String, Future<Optional<Caller>>> underWay = new HashMap<>();

  /**
   * @param configuredToken bootstrap admin token of the configuration; empty for none
   */
  Authentication(KeyStore keys, FailureLimit failures, String configuredToken) {
    this.keys = keys;
    this.failures = failures;
    this.configuredHash = configuredToken.isEmpty() ? null : ApiToken.hash(configuredToken);
  }

  /** The caller; fails with an {@link ApiException} of 401 or 429. */
  Future<Caller> caller(HttpServerRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null) {
      return Future.failedFuture(
          ApiException.unauthorized(
              "an API key is needed; send it as 'Authorization: Bearer TOKEN'"));
    }
    String token = token(header);
    Remembered known = remembered.getIfPresent(token);
    if (known != null && known.fresh()) {
      return Future.succeededFuture(known.caller());
    }
    return find(token)
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture(found.get())
                    : Future.failedFuture(refusal(request)));
  }

  /**
   * Whether the key of a request that was let through before is still valid: asked anew, whatever
   * is remembered.
   */
  Future<Boolean> isStillValid(HttpServerRequest request) {
    return find(token(String.valueOf(request.getHeader("Authorization")))).map(Optional::isPresent);
  }

  private static String token(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).strip()
        : "";
  }

  private Future<Optional<Caller>> find(String token) {
    if (configuredHash != null && MessageDigest.isEqual(configuredHash, ApiToken.hash(token))) {
      return Future.succeededFuture(Optional.of(new Caller(Role.ADMIN, null, CONFIGURED_USER)));
    }
    if (!ApiToken.wellFormed(token)) {
      return Future.succeededFuture(Optional.empty());
    }
    Future<Optional<Caller>> sameToken = underWay.get(token);
    if (sameToken != null) {
      return sameToken;
    }
    long askedAt = System.nanoTime();
    Future<Optional<Caller>> lookup =
        keys.find(token)
            .timeout(LOOKUP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .map(key -> key.map(ApiKey::caller))
            .onSuccess(
                caller ->
                    caller.ifPresent(
                        found -> remembered.put(token, new Remembered(found, askedAt))));
    underWay.put(token, lookup);
    return lookup.onComplete(done -> underWay.remove(token));
  }

  private ApiException refusal(HttpServerRequest request) {
    Duration wait = failures.failed(request.remoteAddress().hostAddress());
    return wait.isZero()
        ? ApiException.unauthorized(
            "the API key is wrong or was revoked; check the token in 'Authorization: Bearer TOKEN'")
        : ApiException.tooMany("too many wrong API keys from this address; wait and retry", wait);
  }
}
