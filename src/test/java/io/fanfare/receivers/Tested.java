package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;

import io.fanfare.TestFanfare;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What one attempt met, as {@code POST …/test} tells it, and how long that took. */
record Tested(JsonObject answer, long millis) {
  /** Starts a test of a webhook of that URL. */
  static Future<Tested> start(TestFanfare fanfare, String url, JsonObject more)
      throws TimeoutException {
    JsonObject webhook = fanfare.webhook(url, more);
    return again(fanfare, webhook);
  }

  /** Starts a test of a webhook. */
  static Future<Tested> again(TestFanfare fanfare, JsonObject webhook) {
    long begin = System.nanoTime();
    return fanfare
        .client()
        .post("/api/webhooks/" + webhook.getString("webhook_id") + "/test", new JsonObject())
        .map(
            answer -> new Tested(answer, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)));
  }

  /** Tests a webhook of that URL. */
  static Tested of(TestFanfare fanfare, String url) throws TimeoutException {
    return await(start(fanfare, url, new JsonObject()));
  }

  /** {@code 200 OK}-like: the status and what was wrong. */
  String outcome() {
    return answer.getInteger("response_code") + " " + answer.getString("error");
  }
}
