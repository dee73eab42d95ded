package io.fanfare.api;

import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import io.fanfare.stats.WebhookTotals;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.HeaderRules;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookQuery;
import io.fanfare.webhook.WebhookRegistry;
import io.fanfare.webhook.WebhookStore.Change;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /api/webhooks}: create, list, get, update, delete (contract, section 5). */
public final class WebhooksHandler implements ResourceHandler {
  /** The path of the list. */
  static final String LIST = "/api/webhooks";

  /** The path of one webhook. */
  static final String ONE = "/api/webhooks/:webhook_id";

  private static final int SECRET_BYTES = 32;
  private static final List<String> SORTS = List.of("created_at", "updated_at", "name", "url");

  private final WebhookRegistry registry;
  private final WebhookFields fields;
  private final WebhookStats stats;
  private final HistoryReader history;
  private final IdGenerator ids;
  private final SecureRandom random = new SecureRandom();

  public WebhooksHandler(
      WebhookRegistry registry,
      NetworkPolicy networks,
      HeaderRules headerRules,
      WebhookStats stats,
      HistoryReader history,
      IdGenerator ids) {
    this.registry = registry;
    this.fields = new WebhookFields(networks, headerRules);
    this.stats = stats;
    this.history = history;
    this.ids = ids;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .post(LIST, Permission.MANAGE, this::create)
        .get(LIST, Permission.READ, this::list)
        .get(ONE, Permission.READ, this::get)
        .put(ONE, Permission.MANAGE, this::update)
        .delete(ONE, Permission.MANAGE, this::delete);
  }

  private Future<ApiResponse> create(ApiRequest request) {
    request.noQuery();
    return request
        .json()
        .map(body -> newWebhook(request.caller(), fields.readCreate(body)))
        .compose(registry::create)
        .map(
            created ->
                ApiResponse.created(WebhookJson.created(created))
                    .withHeader("Location", LIST + "/" + created.publicId()));
  }

  private Webhook newWebhook(Caller caller, WebhookFields.Read read) {
    Instant now = registry.now();
    return new Webhook(
        0,
        ids.next(),
        caller.projectFor(read.projectId().orElse(null)),
        read.name().orElseThrow(),
        read.url().orElseThrow(),
        read.events().orElseThrow(),
        read.description().orElse(null),
        read.secret().orElseGet(this::generateSecret),
        read.headers().orElse(Map.of()),
        read.active().orElse(true),
        null,
        read.timeout().orElse(WebhookFields.TIMEOUT_DEFAULT),
        read.retryPolicy().orElse(RetryPolicy.DEFAULT),
        now,
        now,
        caller.userId(),
        1,
        CircuitRecord.CLOSED);
  }

  private String generateSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }

  private Future<ApiResponse> list(ApiRequest request) {
    QueryReader query = request.query();
    Caller.ProjectFilter project = request.caller().listing(query.text("project_id").orElse(null));
    Boolean active = query.bool("active").orElse(null);
    String sort = query.choice("sort", SORTS).orElse("created_at");
    boolean ascending = query.ascending();
    String cursorKind = "webhooks." + sort + (ascending ? ".asc" : ".desc");
    Page page = query.page(cursorKind);
    query.end();
    if (project.nothing()) {
      return Future.succeededFuture(ApiResponse.ok(listed(page, List.of(), 0, Map.of(), null)));
    }
    WebhookQuery wanted =
        new WebhookQuery(
            project.projectId(),
            active,
            WebhookQuery.Sort.valueOf(sort.toUpperCase(Locale.ROOT)),
            ascending,
            placeOf(page.cursor(), sort),
            page.fetch(),
            page.offset());
    return registry
        .store()
        .list(wanted)
        .compose(
            listed ->
                stats
                    .totals(page.entries(listed.fetched()).stream().map(Webhook::number).toList())
                    .map(
                        totals ->
                            ApiResponse.ok(
                                listed(
                                    page,
                                    listed.fetched(),
                                    listed.total(),
                                    totals,
                                    new Continuation(cursorKind, wanted)))));
  }

  private record Continuation(String cursorKind, WebhookQuery query) {
    Cursor after(Webhook webhook) {
      WebhookQuery.Place place = query.placeOf(webhook);
      return Cursor.of(cursorKind, place.value(), IdKind.WEBHOOK.format(place.id()));
    }
  }

  private static JsonObject listed(
      Page page,
      List<Webhook> fetched,
      long total,
      Map<Integer, WebhookTotals> totals,
      @Nullable Continuation continuation) {
    JsonArray items = new JsonArray();
    for (Webhook webhook : page.entries(fetched)) {
      items.add(
          WebhookJson.listed(webhook, totals.getOrDefault(webhook.number(), WebhookTotals.NONE)));
    }
    return new JsonObject()
        .put("webhooks", items)
        .put("total", total)
        .put(
            "pagination",
            page.pagination(
                fetched, webhook -> java.util.Objects.requireNonNull(continuation).after(webhook)));
  }

  private static WebhookQuery.@Nullable Place placeOf(@Nullable Cursor cursor, String sort) {
    if (cursor == null) {
      return null;
    }
    List<String> values = cursor.values();
    UUID id = values.size() == 2 ? IdKind.WEBHOOK.parse(values.get(1)).orElse(null) : null;
    if (id == null || (sort.endsWith("_at") && !isInstant(values.get(0)))) {
      throw ApiException.invalid(
          "cursor", "must be the next_cursor of an answer for the same list and order");
    }
    return new WebhookQuery.Place(values.get(0), id);
  }

  private static boolean isInstant(String text) {
    try {
      Instant instant = Instant.parse(text);
      return instant.getEpochSecond() >= 0 && text.length() <= "9999-12-31T23:59:59.999Z".length();
    } catch (DateTimeException e) {
      return false;
    }
  }

  private Future<ApiResponse> get(ApiRequest request) {
    request.noQuery();
    Webhook known = visible(registry, request);
    return registry
        .store()
        .find(known.id())
        .compose(
            found -> {
              Webhook webhook = found.orElseThrow(() -> ApiException.notFound("webhook"));
              return Future.all(stats.totals(List.of(webhook.number())), history.recent(webhook))
                  .map(
                      both -> {
                        Map<Integer, WebhookTotals> totals = both.resultAt(0);
                        return ApiResponse.ok(
                            WebhookJson.one(
                                webhook,
                                request.caller().may(Permission.SECRETS),
                                totals.getOrDefault(webhook.number(), WebhookTotals.NONE),
                                both.resultAt(1)));
                      });
            });
  }

  private Future<ApiResponse> update(ApiRequest request) {
    request.noQuery();
    Webhook known = visible(registry, request);
    return request
        .json()
        .map(body -> fields.readUpdate(body, known.projectId()))
        .compose(read -> registry.update(known.id(), before -> change(before, read)))
        .map(
            updated ->
                ApiResponse.ok(
                    WebhookJson.updated(
                        updated.orElseThrow(() -> ApiException.notFound("webhook")))));
  }

  private @Nullable Change change(Webhook before, WebhookFields.Read read) {
    if (read.given().isEmpty() || read.given().equals(java.util.Set.of("project_id"))) {
      return null;
    }
    boolean activated = read.active().orElse(false);
    String url = read.url().orElse(before.url());
    Webhook after =
        new Webhook(
            before.number(),
            before.id(),
            before.projectId(),
            read.name().orElse(before.name()),
            url,
            read.events().orElse(before.events()),
            read.has("description") ? read.description().orElse(null) : before.description(),
            read.secret().orElse(before.secret()),
            read.has("headers") ? read.headers().orElse(Map.of()) : before.headers(),
            read.active().orElse(before.active()),
            activated ? null : before.disabledReason(),
            read.has("timeout")
                ? read.timeout().orElse(WebhookFields.TIMEOUT_DEFAULT)
                : before.timeout(),
            read.has("retry_policy")
                ? read.retryPolicy().orElse(RetryPolicy.DEFAULT)
                : before.retryPolicy(),
            before.createdAt(),
            registry.now(),
            before.createdBy(),
            before.version() + 1,
            before.circuit());
    return new Change(after, activated || !url.equals(before.url()));
  }

  private Future<ApiResponse> delete(ApiRequest request) {
    request.noQuery();
    UUID id = request.id("webhook_id", IdKind.WEBHOOK, "webhook");
    // Asked of the database: a deletion that failed half-way has left the index, and is repeated.
    return registry
        .store()
        .find(id)
        .compose(
            found -> {
              Webhook webhook =
                  found
                      .filter(one -> request.caller().sees(one.projectId()))
                      .orElseThrow(() -> ApiException.notFound("webhook"));
              return registry.delete(webhook);
            })
        .map(
            deleted ->
                ApiResponse.ok(
                    new JsonObject()
                        .put("message", "Webhook deleted successfully")
                        .put("webhook_id", IdKind.WEBHOOK.format(id))
                        .put(
                            "deleted_at",
                            Timestamps.seconds(
                                deleted.orElseThrow(() -> ApiException.notFound("webhook"))))));
  }

  /**
   * The webhook in the path, as deliveries use it.
   *
   * @throws ApiException 404 where there is none that the caller sees
   */
  static Webhook visible(WebhookRegistry registry, ApiRequest request) {
    return registry
        .find(request.id("webhook_id", IdKind.WEBHOOK, "webhook"))
        .filter(webhook -> request.caller().sees(webhook.projectId()))
        .orElseThrow(() -> ApiException.notFound("webhook"));
  }
}
