package io.fanfare.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One run of a {@link FloodGenerator}. Every event has its moment, whatever became of those before
 * it; one that finds no free connection waits for it, and its time counts from its moment. Used on
 * one context.
 */
final class FloodRun implements FloodConnection.Owner {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SENDING_NANOS_MORE = NANOS_PER_SECOND;
  private static final long ANSWER_NANOS_MAX = 60 * NANOS_PER_SECOND;
  private static final int ACCEPTED = 202;
  private static final int UNAVAILABLE = 503;

  private final Vertx vertx;
  private final NetClient client;
  private final int port;
  private final List<Buffer> requests;
  private final Order order;
  private final Promise<Result> done = Promise.promise();
  private final ArrayDeque<FloodConnection> free = new ArrayDeque<>();
  private final Set<FloodConnection> open = new HashSet<>();
  private final Histogram accepted = new Histogram(3);
  private final Histogram acceptedSent = new Histogram(3);
  private final Histogram refused = new Histogram(3);
  private final Histogram late = new Histogram(3);
  private final List<Histogram> seconds = new ArrayList<>();
  private long begin;
  private int due;
  private int sent;
  private int ended;
  private int connecting;
  private int connections;
  private int refusedWithoutRetryAfter;
  private int other;
  private int errors;
  private boolean complete;

  /**
   * What to publish.
   *
   * @param perSecond 0 for as fast as answers come
   */
  record Order(int perSecond, int events, int connections) {
    /** For how many seconds there are events; 0 without a rate. */
    int seconds() {
      return perSecond == 0 ? 0 : (events + perSecond - 1) / perSecond;
    }
  }

  /**
   * What came of it.
   *
   * @param secondsP99 for each second what the acceptance of its events took, in microseconds; -1
   *     where none was accepted
   */
  record Result(Map<FloodFigure, Long> figures, List<Long> secondsP99) {}

  FloodRun(Vertx vertx, NetClient client, int port, List<Buffer> requests, Order order) {
    this.vertx = vertx;
    this.client = client;
    this.port = port;
    this.requests = requests;
    this.order = order;
    for (int i = 0; i < order.seconds(); i++) {
      seconds.add(new Histogram(3));
    }
  }

  /** Publishes; completes when all that was sent is answered, or a minute after the last event. */
  Future<Result> run() {
    begin = System.nanoTime();
    tick();
    return done.future();
  }

  private void tick() {
    long now = System.nanoTime();
    while (due < order.events() && momentOf(due) <= now) {
      late.recordValue(now - momentOf(due));
      due++;
    }
    pump();
    boolean nothingLeft = sent == order.events() || isOver(now);
    if (nothingLeft && (ended == sent || now - momentOf(order.events()) > ANSWER_NANOS_MAX)) {
      end(now);
      return;
    }
    vertx.setTimer(1, timer -> tick());
  }

  private long momentOf(int event) {
    return order.perSecond() == 0 ? begin : begin + event * NANOS_PER_SECOND / order.perSecond();
  }

  private void pump() {
    while (sent < due && !isOver(System.nanoTime())) {
      FloodConnection connection = free.poll();
      if (connection == null) {
        connect();
        return;
      }
      connection.send(requests.get(sent % requests.size()), momentOf(sent));
      sent++;
    }
  }

  /** Whether what is not sent yet never will be. */
  private boolean isOver(long now) {
    return order.perSecond() > 0 && now > momentOf(order.events()) + SENDING_NANOS_MORE;
  }

  private void connect() {
    int wanted = Math.min(order.connections() - open.size(), due - sent) - connecting;
    for (int i = 0; i < wanted; i++) {
      connecting++;
      client
          .connect(port, "127.0.0.1")
          .onComplete(
              (socket, failure) -> {
                connecting--;
                if (failure != null) {
                  errors++;
                  return;
                }
                connections++;
                FloodConnection connection = new FloodConnection(socket, this);
                open.add(connection);
                free.add(connection);
                pump();
              });
    }
  }

  @Override
  public void answered(FloodConnection connection, FloodConnection.Answer answer) {
    ended++;
    long now = System.nanoTime();
    long nanos = Math.max(0, now - connection.dueNanos());
    if (answer.status() == ACCEPTED) {
      acceptedSent.recordValue(now - connection.sentNanos());
      accepted.recordValue(nanos);
      if (order.perSecond() > 0) {
        seconds.get((int) ((connection.dueNanos() - begin) / NANOS_PER_SECOND)).recordValue(nanos);
      }
    } else if (answer.status() == UNAVAILABLE) {
      refused.recordValue(nanos);
      if (!answer.retryAfter()) {
        refusedWithoutRetryAfter++;
      }
    } else {
      other++;
    }
    if (connection.isUsable()) {
      free.push(connection); // as few connections as do
    }
    pump();
  }

  @Override
  public void closed(FloodConnection connection, boolean unanswered) {
    open.remove(connection);
    free.remove(connection);
    if (unanswered && !complete) {
      ended++;
      errors++;
    }
  }

  private void end(long now) {
    complete = true;
    int unanswered = sent - ended;
    List.copyOf(open).forEach(FloodConnection::close);
    Map<FloodFigure, Long> figures = new EnumMap<>(FloodFigure.class);
    figures.put(FloodFigure.MICROS, micros(now - begin));
    figures.put(FloodFigure.ACCEPTED, accepted.getTotalCount());
    figures.put(FloodFigure.REFUSED, refused.getTotalCount());
    figures.put(FloodFigure.REFUSED_WITHOUT_RETRY_AFTER, (long) refusedWithoutRetryAfter);
    figures.put(FloodFigure.OTHER, (long) other);
    figures.put(FloodFigure.ERRORS, (long) errors + unanswered);
    figures.put(FloodFigure.UNSENT, (long) order.events() - sent);
    figures.put(FloodFigure.CONNECTIONS, (long) connections);
    figures.put(FloodFigure.ACCEPTED_P50, micros(accepted.getValueAtPercentile(50)));
    figures.put(FloodFigure.ACCEPTED_P99, micros(accepted.getValueAtPercentile(99)));
    figures.put(FloodFigure.ACCEPTED_MAX, micros(accepted.getMaxValue()));
    figures.put(FloodFigure.ACCEPTED_SENT_P99, micros(acceptedSent.getValueAtPercentile(99)));
    figures.put(FloodFigure.REFUSED_P99, micros(refused.getValueAtPercentile(99)));
    figures.put(FloodFigure.LATE_P99, micros(late.getValueAtPercentile(99)));
    figures.put(FloodFigure.LATE_MAX, micros(late.getMaxValue()));
    List<Long> p99 = new ArrayList<>();
    for (Histogram second : seconds) {
      p99.add(second.getTotalCount() == 0 ? -1 : micros(second.getValueAtPercentile(99)));
    }
    done.complete(new Result(figures, p99));
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }
}
