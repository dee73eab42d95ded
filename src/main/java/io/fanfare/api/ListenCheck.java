package io.fanfare.api;

import io.fanfare.config.HttpConfig;
import io.fanfare.config.StartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Whether the service can listen where it shall, and the sentence that says why not. */
public final class ListenCheck {
  private ListenCheck() {}

  /**
   * Listens for a moment. Asked before anything else starts: who is refused here shall not wait for
   * a database first, nor be given a token.
   */
  public static Future<Void> of(Vertx vertx, HttpConfig http) {
    return vertx
        .<Void>executeBlocking(
            () -> {
              try (ServerSocket socket = new ServerSocket()) {
                // As the server does: connections that have ended do not hold the port.
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(http.host()), http.port()));
              }
              return null;
            },
            false)
        .recover(failure -> Future.failedFuture(explain(http, failure)));
  }

  /** A {@link StartException} where a failure comes from listening, else the failure itself. */
  public static Throwable explain(HttpConfig http, Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof IOException cause) {
        return explain(http, cause);
      }
    }
    return failure;
  }

  private static StartException explain(HttpConfig http, IOException cause) {
    String place = http.host() + ":" + http.port();
    // The native transport puts its own words before those of the system.
    String why = String.valueOf(cause.getMessage());
    if (cause instanceof UnknownHostException) {
      return StartException.misconfigured(
          "http.host = \"%s\" is not known; set it to an address of this machine"
              .formatted(http.host()));
    }
    if (why.contains("Address already in use")) {
      return StartException.unavailable(
          place
              + " is in use; stop what listens there, or set http.port to another port (0 picks a"
              + " free one)");
    }
    if (why.contains("Permission denied")) {
      return StartException.notPermitted(
          "this user may not listen on " + place + "; set http.port to one from 1024 on");
    }
    if (why.contains("Cannot assign requested address")) {
      return StartException.misconfigured(
          "http.host = \"%s\" is no address of this machine; set it to one that is"
              .formatted(http.host()));
    }
    return StartException.unavailable(
        "nothing can listen on %s (%s); set http.host and http.port".formatted(place, why));
  }
}
