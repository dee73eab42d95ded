package io.fanfare.delivery;

import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.dns.impl.DnsAddressResolverProvider;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Finds all addresses of a receiver's name, of both families that this machine speaks, because all
 * of them are judged. The resolver of Vert.x is content with the first family that answers; what
 * else it knows of a name depends on what was cached before.
 *
 * <p>Asks the servers that the Vert.x is set up with. Thread-safe.
 */
final class Lookup {
  // How long a stranger's answer is believed, whatever it says of itself, and how long a name is
  // not asked for again after it was not found.
  private static final int TTL_SECONDS_MAX = 30;
  private static final int NEGATIVE_TTL_SECONDS = 5;
  private static final int QUERIES_MAX = 4;

  private final DnsAddressResolverGroup names;

  /**
   * Closed with the verticle in whose context it is called.
   *
   * @param queryTimeout for each query
   */
  Lookup(Vertx vertx, Duration queryTimeout) {
    VertxInternal internal = (VertxInternal) vertx;
    AddressResolverOptions options = bounded(internal.nameResolver().options(), queryTimeout);
    this.names =
        new DnsAddressResolverGroup(
            DnsAddressResolverProvider.create(internal, options)
                .getDnsNameResolverBuilder()
                .completeOncePreferredResolved(false));
    internal
        .getOrCreateContext()
        .addCloseHook(
            closed -> {
              names.close();
              closed.succeed();
            });
  }

  /** The options for names of strangers: theirs are complete, so there are no search domains. */
  static AddressResolverOptions bounded(AddressResolverOptions options, Duration queryTimeout) {
    return new AddressResolverOptions(options)
        .setSearchDomains(List.of())
        .setNdots(1)
        .setCacheMinTimeToLive(0)
        .setCacheMaxTimeToLive(Math.min(options.getCacheMaxTimeToLive(), TTL_SECONDS_MAX))
        .setCacheNegativeTimeToLive(NEGATIVE_TTL_SECONDS)
        .setQueryTimeout(Math.min(options.getQueryTimeout(), queryTimeout.toMillis()))
        .setMaxQueries(QUERIES_MAX);
  }

  /**
   * All addresses of a name, the preferred family first.
   *
   * @param context on whose event loop it is looked up, and on which the answer comes
   */
  Future<List<InetSocketAddress>> addresses(ContextInternal context, String name) {
    PromiseInternal<List<InetSocketAddress>> found = context.promise();
    names
        .getResolver(context.nettyEventLoop())
        .resolveAll(InetSocketAddress.createUnresolved(name, 0))
        .addListener(found);
    return found.future();
  }
}
