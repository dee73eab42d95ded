package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.util.function.ToDoubleFunction;

/** The same load on both sides, one right after the other. */
record Pair(Measured a, Measured b) {
  /** What it cost B, in units of what it cost A. */
  double ratio() {
    return ratio(Meter.Reading::sum);
  }

  double ratio(ToDoubleFunction<Meter.Reading> value) {
    return value.applyAsDouble(b.reading()) / value.applyAsDouble(a.reading());
  }

  long lost() {
    return a.reading().lost() + b.reading().lost();
  }

  JsonObject json() {
    return new JsonObject().put("a", a.json()).put("b", b.json()).put("ratio", ratio());
  }
}
