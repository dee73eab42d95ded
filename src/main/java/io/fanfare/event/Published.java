package io.fanfare.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.fanfare.id.IdKind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a publisher: what is committed, as the contract's section 6 has it. Written only
 * when it is asked for, in the form that is asked for, on the thread of who asks.
 */
public final class Published {
  private final List<Accepted> events;
  private final boolean batch;
  private final @Nullable JsonObject earlier;

  /** One accepted event. */
  public record Accepted(
      UUID id, String type, @Nullable String projectId, String timestamp, int deliveries) {
    private JsonObject json() {
      return new JsonObject()
          .put("event_id", IdKind.EVENT.format(id))
          .put("event", type)
          .put("project_id", projectId)
          .put("timestamp", timestamp)
          .put("deliveries", deliveries);
    }

    private void appendTo(StringBuilder json) {
      json.append("{\"event_id\":\"").append(IdKind.EVENT.format(id)).append("\",\"event\":");
      appendQuoted(json, type);
      json.append(",\"project_id\":");
      if (projectId == null) {
        json.append("null");
      } else {
        appendQuoted(json, projectId);
      }
      json.append(",\"timestamp\":");
      appendQuoted(json, timestamp);
      json.append(",\"deliveries\":").append(deliveries).append('}');
    }

    private static void appendQuoted(StringBuilder json, String text) {
      json.append('"');
      JsonStringEncoder.getInstance().quoteAsString(text, json);
      json.append('"');
    }
  }

  private Published(List<Accepted> events, boolean batch, @Nullable JsonObject earlier) {
    this.events = events;
    this.batch = batch;
    this.earlier = earlier;
  }

  /** The answer for newly accepted events. */
  public static Published of(List<Accepted> events, boolean batch) {
    return new Published(List.copyOf(events), batch, null);
  }

  /** The answer to a repeated idempotency key: the first answer, marked. */
  public static Published duplicate(JsonObject first) {
    return new Published(List.of(), false, first.copy().put("duplicate", true));
  }

  /** What was newly accepted; nothing where the answer is an earlier one. */
  List<Accepted> accepted() {
    return events;
  }

  /** The answer as an object. */
  public JsonObject json() {
    if (earlier != null) {
      return earlier;
    }
    if (!batch) {
      return events.get(0).json();
    }
    JsonArray array = new JsonArray();
    events.forEach(event -> array.add(event.json()));
    return new JsonObject().put("events", array);
  }

  /** The answer as JSON text. */
  public Buffer body() {
    if (earlier != null) {
      return earlier.toBuffer();
    }
    StringBuilder json = new StringBuilder(200 * events.size());
    if (!batch) {
      events.get(0).appendTo(json);
      return Buffer.buffer(json.toString());
    }
    json.append("{\"events\":");
    char before = '[';
    for (Accepted event : events) {
      event.appendTo(json.append(before));
      before = ',';
    }
    return Buffer.buffer(json.append("]}").toString());
  }
}
