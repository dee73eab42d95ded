package io.fanfare.bench;

import io.vertx.core.buffer.Buffer;
import java.util.Random;

/** Payloads of a given size: a JSON object such as a build sends. */
final class SampleData {
  private SampleData() {}

  /** Always the same for a size; like a log, and unlike one letter repeated, it hardly shrinks. */
  static Buffer ofBytes(int bytes) {
    StringBuilder json =
        new StringBuilder(
            "{\"build_id\":\"build_123\",\"status\":\"success\",\"duration\":120,\"branch\":\"main\",\"log\":\"");
    Random random = new Random(1);
    while (json.length() < bytes) {
      json.append(Integer.toHexString(random.nextInt())).append(" compiled, ");
    }
    json.setLength(Math.max(json.indexOf("log") + 6, bytes - 2));
    return Buffer.buffer(json.append("\"}").toString());
  }
}
