package io.fanfare.api;

import io.fanfare.stats.HourRange;
import io.fanfare.stats.StatsPeriod;
import io.fanfare.stats.StatsReader;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** {@code GET /api/webhooks/{webhook_id}/stats}. */
public final class StatsHandler implements ResourceHandler {
  private static final List<String> PERIODS =
      Arrays.stream(StatsPeriod.values()).map(StatsPeriod::wireName).toList();

  private final WebhookIndex webhooks;
  private final StatsReader stats;
  private final Clock clock;

  public StatsHandler(WebhookIndex webhooks, StatsReader stats, Clock clock) {
    this.webhooks = webhooks;
    this.stats = stats;
    this.clock = clock;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.get("/api/webhooks/:webhook_id/stats", Permission.READ, this::statistics);
  }

  private Future<ApiResponse> statistics(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, webhooks);
    QueryReader query = request.query();
    StatsPeriod period =
        query.choice("period", PERIODS).flatMap(StatsPeriod::ofWireName).orElse(StatsPeriod.DAY);
    DateRange dates = query.dates();
    boolean percentiles = query.bool("percentiles").orElse(false);
    query.end();
    HourRange range = period.range(clock.instant(), dates.from(), dates.until());
    return stats
        .statistics(webhook.number(), period, range)
        .map(
            found ->
                ApiResponse.ok(StatsJson.ofStatistics(webhook.publicId(), found, percentiles)));
  }
}
