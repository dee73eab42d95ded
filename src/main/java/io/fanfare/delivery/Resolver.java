package io.fanfare.delivery;

import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a URL's host into one vetted address: resolve, vet every answer, pin one. The connection is
 * then made to exactly that address, so a name that changes between the look-up and the dial
 * changes nothing. Used from one thread only.
 */
final class Resolver {
  private final ContextInternal context;
  private final Lookup lookup;
  private final NetworkPolicy policy;
  private @Nullable TargetUrl judgedUrl;
  private @Nullable Future<SocketAddress> judged;

  /** The host, or an address it resolves to, is not allowed. */
  static final class DeniedException extends Exception {
    private static final long serialVersionUID = 1L;

    DeniedException(String detail) {
      super(detail);
    }
  }

  /**
   * @param context on which it is used
   */
  Resolver(ContextInternal context, Lookup lookup, NetworkPolicy policy) {
    this.context = context;
    this.lookup = lookup;
    this.policy = policy;
  }

  /** The address to dial; fails with {@link DeniedException} if any answer is not allowed. */
  Future<SocketAddress> resolve(TargetUrl url) {
    if (url.literal()) {
      // It stays what it is, and so does the judgement of it.
      if (judged == null || !url.equals(judgedUrl)) {
        judgedUrl = url;
        judged = vet(List.of(new InetSocketAddress(url.address().orElseThrow(), url.port())), url);
      }
      return judged;
    }
    return lookup.addresses(context, url.host()).compose(answers -> vet(answers, url));
  }

  private Future<SocketAddress> vet(List<InetSocketAddress> answers, TargetUrl url) {
    for (InetSocketAddress answer : answers) {
      InetAddress address = answer.getAddress();
      if (address == null || policy.denied(address, url.port())) {
        return Future.failedFuture(
            new DeniedException(url.host() + " resolves to " + answer + ", which is not allowed"));
      }
    }
    if (answers.isEmpty()) {
      return Future.failedFuture("no address for " + url.host());
    }
    // A literal, never the name: two pinned addresses of one name must not share a pool.
    return Future.succeededFuture(
        SocketAddress.inetSocketAddress(url.port(), answers.get(0).getAddress().getHostAddress()));
  }
}
