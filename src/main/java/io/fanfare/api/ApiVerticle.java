package io.fanfare.api;

import io.fanfare.config.HttpConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/** HTTP in. One for each event loop; they share the port. */
public final class ApiVerticle extends VerticleBase {
  private static final int REQUEST_LINE_MAX = 8_192;
  private static final int HEADERS_MAX = 16_384;
  private static final int CHUNK_MAX = 64 << 10;
  private static final long SHUTDOWN_SECONDS = 5;
  // Instances that listen on the same negative port share a free one; on 0 each gets its own.
  private static final int FREE_PORT_SHARED = -1;

  private final ApiServices services;
  private HttpServer server;

  public ApiVerticle(ApiServices services) {
    this.services = services;
  }

  @Override
  public Future<?> start() {
    HttpConfig http = services.http();
    ConnectionWatch connections =
        new ConnectionWatch(
            vertx,
            http.connectionsMax(),
            services.connections(),
            http.readTimeout(),
            http.idleTimeout());
    server =
        vertx
            .createHttpServer(options(http))
            .connectionHandler(connections::connected)
            .invalidRequestHandler(ApiVerticle::refuse)
            .requestHandler(ApiRouter.create(vertx, services, connections));
    return server.listen().onSuccess(listening -> services.port().set(listening.actualPort()));
  }

  /** Answers what is on its way, then closes. */
  @Override
  public Future<?> stop() {
    return server.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }

  private static HttpServerOptions options(HttpConfig http) {
    return new HttpServerOptions()
        .setHost(http.host())
        .setPort(http.port() == 0 ? FREE_PORT_SHARED : http.port())
        .setHttp2ClearTextEnabled(false)
        .setHandle100ContinueAutomatically(true)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        // Nobody speaks WebSocket here: every request and answer would pass a handler for it.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxInitialLineLength(REQUEST_LINE_MAX)
        .setMaxHeaderSize(HEADERS_MAX)
        .setMaxChunkSize(CHUNK_MAX)
        .setTcpNoDelay(true)
        .setIdleTimeout((int) http.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  /** A head that is no HTTP, or too large: one answer, and the end of the connection. */
  private static void refuse(HttpServerRequest request) {
    String cause = String.valueOf(request.decoderResult().cause());
    int status =
        cause.contains("TooLongHttpLine") ? 414 : cause.contains("TooLongHttpHeader") ? 431 : 400;
    ApiException error = Failures.ofStatus(status);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Connection", "close")
        .end(error.body().toBuffer());
    request.connection().close();
  }
}
