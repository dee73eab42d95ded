package io.fanfare.event;

import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.List;
import java.util.Random;

/** A {@link Flush} for the model of the delivery room, which stands in another package. */
public final class ModelFlush {
  private static final String SCOPE = "scope";

  private final Flush flush;

  /** A delivery that the flush inserts. */
  public record Row(Delivery delivery, boolean spilled) {}

  private ModelFlush(Flush flush) {
    this.flush = flush;
  }

  /** Matches and builds a flush of some requests with some events each, the first with a key. */
  public static ModelFlush build(
      OpenSet openSet,
      IdGenerator ids,
      WebhookIndex index,
      Windows windows,
      Clock clock,
      Random random) {
    Flush flush = new Flush(openSet, ids, index, windows, clock);
    int requests = 1 + random.nextInt(3);
    for (int i = 0; i < requests; i++) {
      List<NewEvent> events =
          random
              .ints(1 + random.nextInt(3), 1, 4)
              .mapToObj(size -> new NewEvent("build.started", null, null, data(size)))
              .toList();
      PublishRequest.Idempotency key =
          i == 0 ? new PublishRequest.Idempotency(SCOPE, "key", new byte[0]) : null;
      try {
        flush.add(new Flush.Item(new PublishRequest(events, true, key), answer -> {}, null), 10);
      } catch (PublishException e) {
        throw new IllegalStateException(e);
      }
    }
    flush.seal();
    return new ModelFlush(flush);
  }

  private static Buffer data(int size) {
    return Buffer.buffer("x".repeat(size));
  }

  /** What it inserts. */
  public List<Row> rows() {
    return flush.deliveries().stream()
        .map(
            t ->
                new Row(
                    new Delivery(t.webhook(), t.id(), t.event(), 0, 0, null, t.window()),
                    t.spilled()))
        .toList();
  }

  /** Takes out the request with the key; false where there is none any more. */
  public boolean knowsKey() {
    return flush.remove(SCOPE, "key") != null;
  }

  /** Whether nothing is left of it. */
  public boolean isEmpty() {
    return flush.isEmpty();
  }

  /** See {@link Flush#committed}. */
  public List<Delivery> committed() {
    return flush.committed();
  }

  /** See {@link Flush#abandoned}. */
  public void abandoned() {
    flush.abandoned();
  }

  /** See {@link Flush#split}. */
  public List<ModelFlush> split() {
    return flush.split().stream().map(ModelFlush::new).toList();
  }
}
