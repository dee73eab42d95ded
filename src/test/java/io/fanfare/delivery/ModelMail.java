package io.fanfare.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The contexts of a process: what is sent to one address is read in its order, addresses among each
 * other in any.
 */
final class ModelMail {
  static final String SUPERVISOR = "supervisor";
  static final String SCHEDULE = "schedule";
  static final String INGEST = "ingest";

  private final Map<String, ArrayDeque<Runnable>> boxes = new TreeMap<>();
  private final TreeMap<Long, List<Runnable>> timers = new TreeMap<>();

  static String verticle(int webhook) {
    return "verticle " + webhook;
  }

  void post(String address, Runnable message) {
    boxes.computeIfAbsent(address, a -> new ArrayDeque<>()).add(message);
  }

  void at(long millis, Runnable step) {
    timers.computeIfAbsent(millis, m -> new ArrayList<>()).add(step);
  }

  /** Reads one message, if there is one. */
  boolean read(Random random) {
    List<ArrayDeque<Runnable>> full = boxes.values().stream().filter(b -> !b.isEmpty()).toList();
    if (full.isEmpty()) {
      return false;
    }
    full.get(random.nextInt(full.size())).remove().run();
    return true;
  }

  void fire(long now) {
    while (!timers.isEmpty() && timers.firstKey() <= now) {
      timers.pollFirstEntry().getValue().forEach(Runnable::run);
    }
  }
}
