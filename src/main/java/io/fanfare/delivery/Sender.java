package io.fanfare.delivery;

import io.fanfare.event.Event;
import io.fanfare.id.IdKind;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the attempts of one webhook, in the shell of a circuit breaker. The shell opens and closes
 * as {@link Circuit} decides, never by itself.
 *
 * <p>Used on the context of the webhook's verticle only.
 */
final class Sender {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  private final ContextInternal context;
  private final Delivering delivering;
  private final DeliveryLoop loop;
  private final Resolver resolver;
  private final Receiver.Names names;
  private CircuitBreaker breaker;
  private @Nullable Receiver receiver;

  /**
   * @param context of the webhook's verticle
   * @param loop on which it lives
   */
  Sender(Context context, Delivering delivering, DeliveryLoop loop) {
    this.context = (ContextInternal) context;
    this.delivering = delivering;
    this.loop = loop;
    this.resolver = new Resolver(this.context, delivering.loops().lookup(), delivering.networks());
    this.names = Receiver.Names.of(delivering.config());
    this.breaker = closedBreaker(context.owner());
  }

  /**
   * It has no timeout of its own, because an attempt always ends by its deadline: a second timer
   * for each was 2 % of the service's CPU.
   */
  private static CircuitBreaker closedBreaker(Vertx vertx) {
    return CircuitBreaker.create(
        "webhook",
        vertx,
        new CircuitBreakerOptions()
            .setMaxFailures(Integer.MAX_VALUE)
            .setMaxRetries(0)
            .setTimeout(-1)
            .setResetTimeout(-1)
            .setNotificationAddress(null));
  }

  /** Lets nothing through any more, until it is closed. */
  void openBreaker() {
    breaker.open();
  }

  /** Lets attempts through. An open breaker cannot be reset from outside; a new one is closed. */
  void closeBreaker() {
    breaker = closedBreaker(context.owner());
  }

  /** Ends the shell with its verticle. */
  void end() {
    breaker.close();
  }

  /** The webhook was changed. */
  void forgetReceiver() {
    receiver = null;
  }

  /**
   * Makes an attempt; never fails.
   *
   * @param trace its own place; null where it belongs to no trace
   */
  Future<Outcome> send(Webhook webhook, Event event, UUID delivery, @Nullable Trace trace) {
    return breaker
        .execute(() -> sendPast(webhook, event, delivery, trace))
        .otherwise(failure -> internal(webhook, failure));
  }

  /** Makes an attempt whatever the circuit is; never fails. */
  Future<Outcome> sendPast(Webhook webhook, Event event, UUID delivery, @Nullable Trace trace) {
    try {
      if (!webhook.readable()) {
        // Its secret or headers cannot be decrypted: nothing may be sent that is not signed.
        return Future.succeededFuture(unsent(Outcome.Kind.INTERNAL, "key_error"));
      }
      Receiver to = receiver(webhook);
      String deliveryId = IdKind.DELIVERY.format(delivery);
      byte[] body = Body.splice(event, webhook.publicId(), deliveryId);
      return new Attempt(
              context,
              loop,
              resolver,
              to,
              delivering.clock(),
              (int) delivering.config().responseBodyMax(),
              delivering.bodyInlineMax(),
              event.type(),
              deliveryId,
              body,
              trace)
          .run();
    } catch (TargetUrl.RefusedException e) {
      return Future.succeededFuture(unsent(Outcome.Kind.DENIED, NetworkPolicy.REFUSAL));
    } catch (RuntimeException e) {
      // A row that only a hand in the database can have made: this delivery fails, its neighbours
      // do not.
      return Future.succeededFuture(internal(webhook, e));
    }
  }

  private Outcome internal(Webhook webhook, Throwable cause) {
    LOG.error("an attempt of {} met an error of ours", webhook.publicId(), cause);
    return unsent(Outcome.Kind.INTERNAL, "internal error");
  }

  private Outcome unsent(Outcome.Kind kind, String error) {
    long now = delivering.clock().millis();
    return Outcome.withoutAnswer(kind, now, now, error);
  }

  private Receiver receiver(Webhook webhook) throws TargetUrl.RefusedException {
    Receiver current = receiver;
    if (current == null || current.webhook().version() != webhook.version()) {
      current = new Receiver(webhook, names, delivering.networks());
      receiver = current;
    }
    return current;
  }
}
