package io.fanfare.event;

import io.fanfare.id.IdKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a publisher: what is committed.
 *
 * @param json the answer's body, as the contract's section 6 has it
 */
public record Published(JsonObject json) {

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
  }

  /** The answer for newly accepted events. */
  public static Published of(List<Accepted> events, boolean batch) {
    if (!batch) {
      return new Published(events.get(0).json());
    }
    JsonArray array = new JsonArray();
    events.forEach(event -> array.add(event.json()));
    return new Published(new JsonObject().put("events", array));
  }

  /** The answer to a repeated idempotency key: the first answer, marked. */
  public Published asDuplicate() {
    return new Published(json.copy().put("duplicate", true));
  }
}
