package io.fanfare.delivery;

import io.fanfare.failpoint.Failpoint;
import io.fanfare.time.DeadlineWheel.Deadline;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.NetworkPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP POST with one absolute deadline over DNS, connect, TLS, head and body. Ends exactly
 * once, with an {@link Outcome}; never fails.
 *
 * <pre>
 *   resolve, vet ─► connect ─► send ─┬─► head ─► body (up to a bound, or the deadline) ─► ANSWER
 *                                    └─ the connection was used before and is dead: once more on a fresh one
 * </pre>
 */
final class Attempt implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private static final int STATUS_MIN = 200;
  private static final int STATUS_MAX = 599;
  private static final long STALE_CLOSE_NANOS = 1_000_000_000;
  private static final String CUT = "connection closed before the answer";
  private static final String MALFORMED = "malformed answer";

  private final ContextInternal context;
  private final DeliveryLoop loop;
  private final Resolver resolver;
  private final Receiver receiver;
  private final Clock clock;
  private final int bodyMax;
  private final int shortBody;
  private final byte[] body;
  private final Receiver.Signed signed;
  private final @Nullable Trace trace;
  private final Promise<Outcome> ended;
  private final ByteBuf answer = Unpooled.buffer(0);

  private final long startedAt;
  private boolean over;
  private @Nullable Deadline deadline;
  private long sentNanos;
  private @Nullable Connection connection;
  private @Nullable HttpResponse response;
  private int responseMillis;

  /**
   * @param context of the verticle that makes the attempt
   * @param bodyMax bytes of the answer that are kept
   * @param shortBody up to this many bytes a 2xx answer has no row of its own, if its headers are
   *     usual
   * @param trace its own place; null where it belongs to no trace
   */
  Attempt(
      ContextInternal context,
      DeliveryLoop loop,
      Resolver resolver,
      Receiver receiver,
      Clock clock,
      int bodyMax,
      int shortBody,
      String eventType,
      String deliveryId,
      byte[] body,
      @Nullable Trace trace) {
    this.context = context;
    this.ended = context.promise();
    this.loop = loop;
    this.resolver = resolver;
    this.receiver = receiver;
    this.clock = clock;
    this.bodyMax = bodyMax;
    this.shortBody = shortBody;
    this.body = body;
    this.trace = trace;
    this.startedAt = clock.millis();
    this.signed = receiver.sign(eventType, deliveryId, startedAt, body);
  }

  /** Starts it; call once. */
  Future<Outcome> run() {
    // The wheel belongs to the loop; what follows belongs to the verticle.
    deadline =
        loop.deadlines()
            .set(
                receiver.webhook().timeout().toMillis(),
                () -> context.runOnContext(late -> tooLate()));
    resolver.resolve(receiver.url()).onComplete(this::resolved);
    return ended.future();
  }

  private void tooLate() {
    if (response != null) {
      finishWithAnswer(true);
    } else {
      finish(Outcome.Kind.TIMEOUT, phraseOf(Outcome.Kind.TIMEOUT), null);
    }
  }

  private void resolved(@Nullable SocketAddress address, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (address == null) {
      Outcome.Kind kind =
          failure instanceof Resolver.DeniedException ? Outcome.Kind.DENIED : Outcome.Kind.DNS;
      finish(kind, phraseOf(kind), failure);
      return;
    }
    Connections.Endpoint endpoint = receiver.endpoint(address);
    Connection idle = loop.connections().takeIdle(endpoint);
    if (idle == null) {
      connect(endpoint);
    } else {
      send(idle);
    }
  }

  private void connect(Connections.Endpoint endpoint) {
    loop.connections().connect(endpoint).onComplete(this::connected);
  }

  private void connected(@Nullable Connection fresh, @Nullable Throwable failure) {
    if (over) {
      // The deadline came first.
      if (fresh != null) {
        loop.connections().giveBack(fresh);
      }
    } else if (fresh == null) {
      Outcome.Kind kind = isTls(failure) ? Outcome.Kind.TLS : Outcome.Kind.NETWORK;
      finish(kind, kind == Outcome.Kind.TLS ? phraseOf(kind) : unconnected(failure), failure);
    } else {
      send(fresh);
    }
  }

  private void send(Connection taken) {
    connection = taken;
    sentNanos = System.nanoTime();
    Failpoint.HTTP_AFTER_CONNECT.hit();
    taken.send(receiver.request(taken.allocator(), signed, trace, body), this);
    Failpoint.HTTP_AFTER_SEND.hit();
  }

  @Override
  public void head(HttpResponse head) {
    responseMillis = (int) ((System.nanoTime() - sentNanos) / 1_000_000);
    int status = head.status().code();
    if (status < STATUS_MIN || status > STATUS_MAX) {
      // No final status is defined there (RFC 9110, section 15). The receiver has answered this
      // request, though, and is not asked again at once.
      finish(Outcome.Kind.NETWORK, MALFORMED, null);
      return;
    }
    response = head;
  }

  @Override
  public void body(ByteBuf part) {
    int room = bodyMax - answer.readableBytes();
    if (part.readableBytes() > room) {
      answer.writeBytes(part, room);
      finishWithAnswer(true);
    } else {
      answer.writeBytes(part);
    }
  }

  @Override
  public void ended(boolean atRest) {
    finishWithAnswer(!atRest);
  }

  @Override
  public void cut(@Nullable Throwable cause) {
    if (response != null) {
      finishWithAnswer(true);
    } else if (isReused() && System.nanoTime() - sentNanos < STALE_CLOSE_NANOS) {
      sendAnew();
    } else {
      finish(Outcome.Kind.NETWORK, CUT, cause);
    }
  }

  @Override
  public void malformed(@Nullable Throwable cause) {
    if (response != null) {
      finishWithAnswer(true);
    } else if (isReused()) {
      sendAnew();
    } else {
      finish(Outcome.Kind.NETWORK, MALFORMED, cause);
    }
  }

  private boolean isReused() {
    return connection != null && connection.isReused();
  }

  /**
   * Once more on a fresh connection: the failure may be left over from what the connection was used
   * for before. The receiver had closed it while it was idle, or stray bytes were on their way. Not
   * the receiver's answer to this request, and no burned attempt; the delivery's id makes a second
   * receipt harmless. Who closes after a while of work has failed at this request.
   */
  private void sendAnew() {
    Connection stale = Objects.requireNonNull(connection);
    connection = null;
    stale.close();
    connect(stale.endpoint());
  }

  private void finishWithAnswer(boolean close) {
    HttpResponse head = response;
    if (over || head == null) {
      return;
    }
    end();
    release(close);
    long now = clock.millis();
    int status = head.status().code();
    boolean brief = status / 100 == 2 && answer.readableBytes() <= shortBody;
    String usual = brief ? receiver.usualHeaders().seen(head.headers()) : null;
    ended.complete(
        new Outcome(
            Outcome.Kind.ANSWER,
            startedAt,
            now,
            status,
            responseMillis,
            text(answer),
            usual == null ? AnswerHeaders.json(head.headers()) : usual,
            usual != null,
            RetryAfter.millis(head.headers().get(HttpHeaderNames.RETRY_AFTER), now),
            null));
  }

  private void finish(Outcome.Kind kind, String phrase, @Nullable Throwable cause) {
    if (over) {
      return;
    }
    end();
    release(true);
    if (LOG.isDebugEnabled()) {
      LOG.debug("attempt at {}: {}", receiver.url().host(), kind, cause);
    }
    ended.complete(Outcome.withoutAnswer(kind, startedAt, clock.millis(), phrase));
  }

  private void end() {
    over = true;
    if (deadline != null) {
      deadline.met();
    }
  }

  /** Ends the loan of the connection: what is not known to be at rest must not be used again. */
  private void release(boolean close) {
    Connection taken = connection;
    connection = null;
    if (taken == null) {
      return;
    }
    if (close) {
      taken.close();
    } else {
      loop.connections().giveBack(taken);
    }
  }

  /** For the client: what was wrong, without addresses. */
  private String phraseOf(Outcome.Kind kind) {
    return switch (kind) {
      case TIMEOUT -> "timeout";
      case DENIED -> NetworkPolicy.REFUSAL;
      case DNS -> "DNS lookup of " + receiver.url().host() + " failed";
      default -> "TLS handshake failed";
    };
  }

  private static String unconnected(@Nullable Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "connection timed out";
    }
    return cause instanceof ConnectException ? "connection refused" : CUT;
  }

  private static boolean isTls(@Nullable Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  /** As text that PostgreSQL can store: malformed UTF-8 replaced, NUL taken out. */
  private static String text(ByteBuf bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
  }
}
