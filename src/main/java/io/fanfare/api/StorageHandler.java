package io.fanfare.api;

import io.fanfare.database.Storage;
import io.fanfare.database.StorageReader;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;

/** {@code GET /api/storage}. */
public final class StorageHandler implements ResourceHandler {
  private final StorageReader reader;
  private final Duration keep;

  /**
   * @param keep how long events and deliveries are kept
   */
  public StorageHandler(StorageReader reader, Duration keep) {
    this.reader = reader;
    this.keep = keep;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.get("/api/storage", Permission.READ, this::storage);
  }

  private Future<ApiResponse> storage(ApiRequest request) {
    request.noQuery();
    if (request.caller().projectId() != null) {
      throw ApiException.forbidden(
          "this API key is bound to a project, and the database is everybody's; use a key of none");
    }
    return reader.read().map(storage -> ApiResponse.ok(json(storage)));
  }

  private JsonObject json(Storage storage) {
    JsonArray days = new JsonArray();
    for (Storage.Day day : storage.days()) {
      days.add(
          new JsonObject()
              .put("date", day.day().toString())
              .put("event_bytes", day.eventBytes())
              .put("delivery_bytes", day.deliveryBytes())
              .put("attempt_bytes", day.attemptBytes())
              .put("total_bytes", day.bytes()));
    }
    return new JsonObject()
        .put("database_bytes", storage.databaseBytes())
        .put("retention_days", keep.toDays())
        .put("days", days)
        .put("growth_bytes_per_day", storage.growthBytesPerDay())
        .put("expected_bytes", storage.expectedBytes())
        .put("free_bytes", storage.freeBytes())
        .put("days_until_full", storage.daysUntilFull())
        .put("outlook", storage.outlook().name().toLowerCase(Locale.ROOT));
  }
}
