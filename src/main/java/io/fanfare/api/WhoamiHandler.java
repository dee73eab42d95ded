package io.fanfare.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code GET /api/whoami}: what the caller's key may do, so that nobody is offered what would be
 * refused, and how the headers of deliveries are called here.
 */
public final class WhoamiHandler implements ResourceHandler {
  // Everybody has it.
  private static final List<Permission> TOLD =
      Arrays.stream(Permission.values())
          .filter(permission -> permission != Permission.CATALOGUE)
          .toList();

  private final String headerPrefix;
  private final String userAgent;

  /**
   * @param headerPrefix {@code delivery.header_prefix}
   * @param userAgent {@code delivery.user_agent}
   */
  public WhoamiHandler(String headerPrefix, String userAgent) {
    this.headerPrefix = headerPrefix;
    this.userAgent = userAgent;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.get("/api/whoami", Permission.CATALOGUE, this::whoami);
  }

  private Future<ApiResponse> whoami(ApiRequest request) {
    request.noQuery();
    Caller caller = request.caller();
    JsonArray permissions = new JsonArray();
    TOLD.stream()
        .filter(caller::may)
        .forEach(permission -> permissions.add(permission.name().toLowerCase(Locale.ROOT)));
    return Future.succeededFuture(
        ApiResponse.ok(
            new JsonObject()
                .put("role", caller.role().wireName())
                .put("permissions", permissions)
                .put("project_id", caller.projectId())
                .put("user_id", caller.userId())
                .put("header_prefix", headerPrefix)
                .put("user_agent", userAgent)));
  }
}
