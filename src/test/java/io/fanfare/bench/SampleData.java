package io.fanfare.bench;

import io.vertx.core.buffer.Buffer;

/** Payloads of a given size: a JSON object such as a build sends. */
final class SampleData {
  private SampleData() {}

  static Buffer ofBytes(int bytes) {
    String head =
        "{\"build_id\":\"build_123\",\"status\":\"success\",\"duration\":120,\"branch\":\"main\",\"log\":\"";
    return Buffer.buffer(head + "x".repeat(Math.max(0, bytes - head.length() - 2)) + "\"}");
  }
}
