package io.fanfare.api;

import io.fanfare.event.EventType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** {@code GET /api/event-types}: what can be published and asked for, with a sample of each. */
public final class EventTypesHandler implements ResourceHandler {
  private static final JsonObject CATALOGUE = catalogue();

  @Override
  public void addRoutes(Routes routes) {
    routes.get(
        "/api/event-types",
        Permission.CATALOGUE,
        request -> {
          request.noQuery();
          return Future.succeededFuture(ApiResponse.ok(CATALOGUE));
        });
  }

  private static JsonObject catalogue() {
    JsonArray types = new JsonArray();
    for (EventType type : EventType.all()) {
      types.add(
          new JsonObject()
              .put("event_type", type.type())
              .put("description", type.description())
              .put("sample", type.sample()));
    }
    return new JsonObject().put("event_types", types);
  }
}
