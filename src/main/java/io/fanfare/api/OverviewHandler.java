package io.fanfare.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fanfare.delivery.CircuitBoard;
import io.fanfare.live.BacklogReader;
import io.fanfare.stats.Overview;
import io.fanfare.stats.OverviewReader;
import io.fanfare.stats.PlotRange;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the whole service with their plots: {@code GET /api/overview}. An answer is good
 * for a second, whoever asks: many open dashboards cost as much as one.
 */
public final class OverviewHandler implements ResourceHandler {
  private static final Duration GOOD_FOR = Duration.ofSeconds(1);
  private static final int ANSWERS_MAX = 1_000;
  private static final int CIRCUITS_MAX = 20;

  private final WebhookIndex index;
  private final OverviewReader reader;
  private final BacklogReader backlog;
  private final CircuitBoard circuits;
  private final Clock clock;
  private final Cache<Question, Future<ApiResponse>> answers =
      Caffeine.newBuilder().maximumSize(ANSWERS_MAX).expireAfterWrite(GOOD_FOR).build();

  public OverviewHandler(
      WebhookIndex index,
      OverviewReader reader,
      BacklogReader backlog,
      CircuitBoard circuits,
      Clock clock) {
    this.index = index;
    this.reader = reader;
    this.backlog = backlog;
    this.circuits = circuits;
    this.clock = clock;
  }

  private record Question(PlotRange range, @Nullable String project) {}

  @Override
  public void addRoutes(Routes routes) {
    routes.get("/api/overview", Permission.READ, this::overview);
  }

  private Future<ApiResponse> overview(ApiRequest request) {
    QueryReader query = request.query();
    PlotRange range =
        query
            .choice("range", PlotRange.WIRE_NAMES)
            .flatMap(PlotRange::ofWireName)
            .orElse(PlotRange.DAY);
    Optional<String> project = query.text("project_id");
    query.end();
    Question question = new Question(range, request.caller().projectFor(project.orElse(null)));
    Future<ApiResponse> known = answers.getIfPresent(question);
    if (known != null && !known.failed()) {
      return on(request.loop(), known);
    }
    Future<ApiResponse> answer = answer(question);
    answers.put(question, answer);
    return answer;
  }

  /** An answer that another event loop has asked for, on this one. */
  private static Future<ApiResponse> on(Context loop, Future<ApiResponse> shared) {
    Promise<ApiResponse> own = Promise.promise();
    shared.onComplete((answer, failure) -> loop.runOnContext(v -> own.complete(answer, failure)));
    return own.future();
  }

  private Future<ApiResponse> answer(Question question) {
    Instant now = clock.instant();
    String project = question.project();
    List<Integer> numbers = project == null ? null : numbersOf(project);
    var plot =
        project == null || numbers == null
            ? reader.ofAll(question.range(), now)
            : reader.ofProject(project, numbers, question.range(), now);
    var worst = reader.worst(numbers, question.range(), now);
    var pending = backlog.recent(project);
    return Future.all(plot, worst, pending)
        .map(
            read ->
                ApiResponse.ok(
                    OverviewJson.plot(question.range(), now, plot.result())
                        .put("pending_deliveries", pending.result().deliveries())
                        .put(
                            "oldest_pending_seconds",
                            OverviewJson.seconds(pending.result().oldestMillis()))
                        .put("open_circuits", openCircuits(project))
                        .put("worst_webhooks", worst(worst.result()))));
  }

  private List<Integer> numbersOf(String project) {
    return index.all().stream()
        .filter(webhook -> Objects.equals(webhook.projectId(), project))
        .map(Webhook::number)
        .toList();
  }

  private JsonObject openCircuits(@Nullable String project) {
    Map<Webhook, CircuitRecord> open = new LinkedHashMap<>();
    circuits
        .open()
        .forEach(
            (number, circuit) -> {
              Webhook webhook = index.byNumber(number);
              if (webhook != null && (project == null || project.equals(webhook.projectId()))) {
                open.put(webhook, circuit);
              }
            });
    JsonArray shown = new JsonArray();
    open.entrySet().stream()
        .sorted(
            Comparator.comparing(
                (Map.Entry<Webhook, CircuitRecord> entry) ->
                    Objects.requireNonNullElse(entry.getValue().openedAt(), Instant.EPOCH)))
        .limit(CIRCUITS_MAX)
        .forEach(
            entry ->
                shown.add(
                    OverviewJson.webhook(entry.getKey(), entry.getValue())
                        .put("opened_at", Timestamps.millis(entry.getValue().openedAt()))
                        .put("next_probe_at", Timestamps.millis(entry.getValue().probeAt()))));
    return new JsonObject().put("total", open.size()).put("webhooks", shown);
  }

  private JsonArray worst(List<Overview.Failing> failing) {
    Map<Integer, CircuitRecord> open = circuits.open();
    JsonArray worst = new JsonArray();
    for (Overview.Failing one : failing) {
      Webhook webhook = index.byNumber(one.webhook());
      if (webhook != null) {
        worst.add(
            OverviewJson.webhook(webhook, open.get(one.webhook()))
                .put("failed_deliveries", one.failed()));
      }
    }
    return worst;
  }
}
