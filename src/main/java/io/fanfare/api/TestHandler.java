package io.fanfare.api;

import io.fanfare.event.EventType;
import io.fanfare.id.IdKind;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.json.RawMember;
import io.fanfare.json.StrictJson;
import io.fanfare.outcome.TestDeliveries;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * {@code POST /api/webhooks/{webhook_id}/test}: one attempt at once, answered when it has ended.
 */
public final class TestHandler implements ResourceHandler {
  private static final Buffer EMPTY = Buffer.buffer("{}");

  private final WebhookIndex index;
  private final TestDeliveries tests;
  private final int dataBytesMax;

  /**
   * Tests webhooks of the index.
   *
   * @param dataBytesMax largest {@code payload}, which becomes {@code data}
   */
  public TestHandler(WebhookIndex index, TestDeliveries tests, int dataBytesMax) {
    this.index = index;
    this.tests = tests;
    this.dataBytesMax = dataBytesMax;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.post("/api/webhooks/:webhook_id/test", Permission.MANAGE, this::test);
  }

  private Future<ApiResponse> test(ApiRequest request) {
    request.noQuery();
    Webhook webhook =
        index
            .byId(request.id("webhook_id", IdKind.WEBHOOK, "webhook"))
            .filter(known -> request.caller().sees(known.projectId()))
            .orElseThrow(() -> ApiException.notFound("webhook"));
    return request
        .parsed(this::read)
        .compose(
            wanted ->
                tests
                    .test(webhook, wanted.eventType(), wanted.data())
                    .map(tested -> ApiResponse.ok(json(webhook, wanted.eventType(), tested))));
  }

  private record Wanted(String eventType, Buffer data) {}

  /** What a body asks for; no body is the same as an empty object. */
  private Wanted read(byte[] body) {
    if (body.length == 0) {
      return new Wanted(EventType.TEST_PING, EMPTY);
    }
    Faults faults = new Faults();
    RawMember.Taken payload;
    ObjectReader reader;
    try {
      payload = RawMember.takeObject(body, "payload");
      reader = ObjectReader.of(StrictJson.tree(payload.rest()), faults);
    } catch (InvalidJsonException e) {
      throw ApiException.malformed(e.getMessage());
    }
    String type = reader.text("event_type", 1, 255).orElse(EventType.TEST_PING);
    if (!type.equals(EventType.TEST_PING) && !EventType.known(type)) {
      faults.add(
          "event_type", "must be " + EventType.TEST_PING + " or one of: " + EventType.names());
    }
    reader.object("payload");
    reader.end();
    faults.enforce();
    Buffer data = payload.object().orElse(EMPTY);
    if (data.length() > dataBytesMax) {
      throw ApiException.tooLarge(
          "the payload of a test may be " + dataBytesMax + " bytes at most");
    }
    return new Wanted(type, data);
  }

  private static JsonObject json(Webhook webhook, String type, TestDeliveries.Tested tested) {
    var outcome = tested.outcome();
    JsonObject json =
        new JsonObject()
            .put("delivery_id", IdKind.DELIVERY.format(tested.delivery()))
            .put("event_type", type)
            .put("status", tested.error() == null ? "success" : "failed")
            .put("response_code", outcome.responseCode())
            .put("response_time", outcome.responseMillis())
            .put("response_body", outcome.responseBody())
            .put("delivered_at", Timestamps.seconds(Instant.ofEpochMilli(outcome.endedAtMillis())))
            .put("attempts", 1)
            .put("webhook_url", webhook.url());
    return tested.error() == null ? json : json.put("error", tested.error());
  }
}
