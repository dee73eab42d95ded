package io.fanfare.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fanfare.id.IdKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code /api/keys} (contract, section 3). */
public final class KeysHandler implements ResourceHandler {
  private static final int TEXT_MAX = 255;
  private static final List<String> ROLES =
      java.util.Arrays.stream(Role.values()).map(Role::wireName).toList();

  private final KeyStore keys;

  public KeysHandler(KeyStore keys) {
    this.keys = keys;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .post("/api/keys", Permission.KEYS, this::create)
        .get("/api/keys", Permission.KEYS, this::list)
        .delete("/api/keys/:key_id", Permission.KEYS, this::revoke);
  }

  private Future<ApiResponse> create(ApiRequest request) {
    request.noQuery();
    return request
        .json()
        .compose(body -> create(request.caller(), body))
        .map(created -> ApiResponse.created(shown(created.key()).put("token", created.token())));
  }

  private Future<KeyStore.Created> create(Caller caller, JsonNode json) {
    Faults faults = new Faults();
    ObjectReader body = ObjectReader.of(json, faults);
    Optional<String> name = body.text("name", 1, TEXT_MAX);
    Optional<String> role = body.choice("role", ROLES);
    Optional<String> projectId = body.text("project_id", 1, TEXT_MAX);
    Optional<String> userId = body.text("user_id", 1, TEXT_MAX);
    body.require("name", "role");
    body.end();
    faults.enforce();
    return keys.create(
        name.orElseThrow(),
        Role.ofWireName(role.orElseThrow()).orElseThrow(),
        caller.projectFor(projectId.orElse(null)),
        userId.orElse(null));
  }

  private Future<ApiResponse> list(ApiRequest request) {
    QueryReader query = request.query();
    boolean ascending = query.ascending();
    String cursorKind = ascending ? "keys.asc" : "keys";
    Page page = query.page(cursorKind);
    query.end();
    return keys.list(
            request.caller().projectId(),
            page.cursor() == null ? null : keyOf(page.cursor()),
            ascending,
            page.fetch(),
            page.offset())
        .map(
            listed -> {
              JsonArray items = new JsonArray();
              page.entries(listed.fetched()).forEach(key -> items.add(shown(key)));
              return ApiResponse.ok(
                  new JsonObject()
                      .put("keys", items)
                      .put("total", listed.total())
                      .put(
                          "pagination",
                          page.pagination(
                              listed.fetched(), key -> Cursor.of(cursorKind, key.publicId()))));
            });
  }

  private static UUID keyOf(Cursor cursor) {
    return cursor.values().stream()
        .findFirst()
        .flatMap(IdKind.KEY::parse)
        .orElseThrow(() -> ApiException.invalid("cursor", "is malformed"));
  }

  private Future<ApiResponse> revoke(ApiRequest request) {
    request.noQuery();
    UUID id = request.id("key_id", IdKind.KEY, "API key");
    return keys.revoke(id, request.caller().projectId())
        .map(
            revoked ->
                ApiResponse.ok(
                    new JsonObject()
                        .put("message", "API key revoked successfully")
                        .put("key_id", IdKind.KEY.format(id))
                        .put(
                            "deleted_at",
                            Timestamps.millis(
                                revoked.orElseThrow(() -> ApiException.notFound("API key"))))));
  }

  private static JsonObject shown(ApiKey key) {
    return new JsonObject()
        .put("key_id", key.publicId())
        .put("name", key.name())
        .put("role", key.role().wireName())
        .put("project_id", key.projectId())
        .put("user_id", key.userId())
        .put("created_at", Timestamps.millis(key.createdAt()));
  }
}
