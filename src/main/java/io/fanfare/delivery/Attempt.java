package io.fanfare.delivery;

import io.fanfare.failpoint.Failpoint;
import io.fanfare.time.DeadlineWheel.Deadline;
import io.fanfare.webhook.NetworkPolicy;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP POST with one absolute deadline over DNS, connect, TLS, head and body: Vert.x' own
 * timeouts end at the head. Ends exactly once, with an {@link Outcome}; never fails.
 *
 * <pre>
 *   resolve, vet ─► connect ─► send ─┬─► head ─► body (up to a bound, or the deadline) ─► ANSWER
 *                                    └─ the connection was used before and is dead: once more on a fresh one
 * </pre>
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private static final int STATUS_MAX = 599;
  private static final long STALE_CLOSE_NANOS = 1_000_000_000;

  private final Context context;
  private final DeliveryLoop loop;
  private final Resolver resolver;
  private final Receiver receiver;
  private final Clock clock;
  private final int bodyMax;
  private final int shortBody;
  private final byte[] body;
  private final Receiver.Signed signed;
  private final Promise<Outcome> ended = Promise.promise();
  private final Buffer answer = Buffer.buffer(0);

  private long startedAt;
  private boolean over;
  private @Nullable Deadline deadline;
  private long sentNanos;
  private Connections.@Nullable Connection connection;
  private @Nullable HttpClientResponse response;
  private int responseMillis;

  /**
   * @param context of the verticle that makes the attempt
   * @param bodyMax bytes of the answer that are kept
   * @param shortBody up to this many bytes a 2xx answer has no row of its own, if its headers are
   *     usual
   */
  Attempt(
      Context context,
      DeliveryLoop loop,
      Resolver resolver,
      Receiver receiver,
      Clock clock,
      int bodyMax,
      int shortBody,
      String eventType,
      String deliveryId,
      byte[] body) {
    this.context = context;
    this.loop = loop;
    this.resolver = resolver;
    this.receiver = receiver;
    this.clock = clock;
    this.bodyMax = bodyMax;
    this.shortBody = shortBody;
    this.body = body;
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
      finish(Outcome.Kind.TIMEOUT, null);
    }
  }

  private void resolved(@Nullable SocketAddress address, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (address == null) {
      Outcome.Kind kind =
          failure instanceof Resolver.DeniedException ? Outcome.Kind.DENIED : Outcome.Kind.DNS;
      finish(kind, failure);
      return;
    }
    Connections.Endpoint endpoint = receiver.endpoint(address);
    loop.connections()
        .take(endpoint)
        .onComplete((taken, failed) -> connected(endpoint, taken, failed));
  }

  private void connected(
      Connections.Endpoint endpoint,
      Connections.@Nullable Connection taken,
      @Nullable Throwable failure) {
    if (over) {
      // The deadline came first.
      if (taken != null) {
        loop.connections().giveBack(taken);
      }
      return;
    }
    if (taken == null) {
      finish(isTls(failure) ? Outcome.Kind.TLS : Outcome.Kind.NETWORK, failure);
      return;
    }
    connection = taken;
    send(taken)
        .onComplete(
            (head, failed) -> {
              if (over) {
                return;
              }
              if (head != null) {
                answered(head);
              } else if (isStale(taken, failed)) {
                // Not the receiver's answer to this request, and no burned attempt. The delivery's
                // id makes a second receipt harmless.
                taken.close();
                loop.connections()
                    .connect(endpoint)
                    .onComplete((fresh, refused) -> connected(endpoint, fresh, refused));
              } else {
                finish(Outcome.Kind.NETWORK, failed);
              }
            });
  }

  /**
   * Whether the failure may be left over from what the connection was used for before: the receiver
   * had closed it while it was idle, or left stray bytes on it. Who closes after a while of work
   * has failed at this request.
   */
  private boolean isStale(Connections.Connection taken, @Nullable Throwable failed) {
    return taken.isReused()
        && (!isCut(failed) || System.nanoTime() - sentNanos < STALE_CLOSE_NANOS);
  }

  private Future<HttpClientResponse> send(Connections.Connection taken) {
    sentNanos = System.nanoTime();
    return taken
        .http()
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(receiver.url().host())
                .setPort(receiver.url().port())
                .setSsl(receiver.url().https())
                .setURI(receiver.url().pathAndQuery())
                .setFollowRedirects(false))
        .compose(
            request -> {
              Failpoint.HTTP_AFTER_CONNECT.hit();
              receiver.addHeaders(request.headers(), signed);
              sentNanos = System.nanoTime();
              Future<HttpClientResponse> head = request.send(Buffer.buffer(body));
              Failpoint.HTTP_AFTER_SEND.hit();
              return head;
            });
  }

  private void answered(HttpClientResponse head) {
    if (over) {
      return;
    }
    responseMillis = (int) ((System.nanoTime() - sentNanos) / 1_000_000);
    if (head.statusCode() < 200 || head.statusCode() > STATUS_MAX) {
      // 101 and 102 arrive as if they were final, and above 599 nothing is defined (RFC 9110,
      // section 15); nothing sensible can follow on this connection.
      finish(Outcome.Kind.NETWORK, null);
      return;
    }
    response = head;
    head.exceptionHandler(cut -> finishWithAnswer(true));
    head.handler(
        chunk -> {
          if (over) {
            return;
          }
          int room = bodyMax - answer.length();
          if (chunk.length() > room) {
            answer.appendBuffer(chunk, 0, room);
            finishWithAnswer(true);
          } else {
            answer.appendBuffer(chunk);
          }
        });
    head.endHandler(end -> finishWithAnswer(false));
  }

  private void finishWithAnswer(boolean close) {
    HttpClientResponse head = response;
    if (over || head == null) {
      return;
    }
    end();
    release(close || "close".equalsIgnoreCase(head.getHeader(HttpHeaders.CONNECTION)));
    long now = clock.millis();
    boolean brief = head.statusCode() / 100 == 2 && answer.length() <= shortBody;
    String usual = brief ? receiver.usualHeaders().seen(head.headers()) : null;
    ended.complete(
        new Outcome(
            Outcome.Kind.ANSWER,
            startedAt,
            now,
            head.statusCode(),
            responseMillis,
            text(answer),
            usual == null ? AnswerHeaders.json(head.headers()) : usual,
            usual != null,
            RetryAfter.millis(head.getHeader("Retry-After"), now),
            null));
  }

  private void finish(Outcome.Kind kind, @Nullable Throwable cause) {
    if (over) {
      return;
    }
    end();
    release(true);
    if (LOG.isDebugEnabled()) {
      LOG.debug("attempt at {}: {}", receiver.url().host(), kind, cause);
    }
    ended.complete(Outcome.withoutAnswer(kind, startedAt, clock.millis(), phrase(kind, cause)));
  }

  private void end() {
    over = true;
    if (deadline != null) {
      deadline.met();
    }
  }

  /** Ends the loan of the connection: what is not known to be at rest must not be used again. */
  private void release(boolean close) {
    Connections.Connection taken = connection;
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
  private String phrase(Outcome.Kind kind, @Nullable Throwable cause) {
    return switch (kind) {
      case TIMEOUT -> "timeout";
      case DENIED -> NetworkPolicy.REFUSAL;
      case DNS -> "DNS lookup of " + receiver.url().host() + " failed";
      case TLS -> "TLS handshake failed";
      default -> networkPhrase(cause);
    };
  }

  private static String networkPhrase(@Nullable Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "connection timed out";
    }
    if (cause instanceof ConnectException) {
      return "connection refused";
    }
    return isCut(cause) ? "connection closed before the answer" : "malformed answer";
  }

  /** Whether the connection has ended, and not our understanding of what came over it. */
  private static boolean isCut(@Nullable Throwable cause) {
    return cause instanceof HttpClosedException
        || cause instanceof IOException
        || cause instanceof PrematureChannelClosureException;
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
  private static String text(Buffer bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
  }
}
