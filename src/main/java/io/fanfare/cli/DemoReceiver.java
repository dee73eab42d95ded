package io.fanfare.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A receiver as its owner would write it from the API document: checks the signature over the raw
 * body with code of its own, not with the sender's.
 */
final class DemoReceiver {
  private final String secret;
  private final Consumer<Receipt> onReceipt;
  private final HttpServer server;

  /** What arrived. */
  record Receipt(String event, String delivery, boolean verified, int bytes) {}

  DemoReceiver(Vertx vertx, String secret, Consumer<Receipt> onReceipt) {
    this.secret = secret;
    this.onReceipt = onReceipt;
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(this::receive);
  }

  /** Listens on loopback; completes with the URL to register. */
  Future<String> listen() {
    return server
        .listen()
        .map(listening -> "http://127.0.0.1:" + listening.actualPort() + "/webhooks/trae");
  }

  Future<Void> close() {
    return server.close();
  }

  private void receive(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              boolean verified = verify(request.getHeader("X-Trae-Signature-256"), body);
              onReceipt.accept(
                  new Receipt(
                      String.valueOf(request.getHeader("X-Trae-Event")),
                      String.valueOf(request.getHeader("X-Trae-Delivery")),
                      verified,
                      body.length()));
              request
                  .response()
                  .setStatusCode(verified ? 200 : 401)
                  .end(verified ? "OK" : "Unauthorized");
            });
  }

  private boolean verify(String signature, Buffer body) {
    if (signature == null || !signature.startsWith("sha256=")) {
      return false;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      String expected = HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
      return MessageDigest.isEqual(
          expected.getBytes(StandardCharsets.US_ASCII),
          signature.substring("sha256=".length()).getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
