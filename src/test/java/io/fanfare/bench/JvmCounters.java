package io.fanfare.bench;

import com.sun.management.ThreadMXBean;
import io.vertx.core.json.JsonObject;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** What the JVM of a service has counted so far; the generator beside it is left out. */
final class JvmCounters {
  private JvmCounters() {}

  /** {@code gc_millis} of pauses, and {@code allocated_bytes} of the threads that are alive. */
  static JsonObject read() {
    long gcMillis =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    return new JsonObject().put("gc_millis", gcMillis).put("allocated_bytes", allocatedBytes());
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long bytes = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      // A thread may have ended since, and then is nothing.
      if (thread != null && !thread.getThreadName().startsWith(BusGenerator.THREAD)) {
        bytes += Math.max(0, threads.getThreadAllocatedBytes(thread.getThreadId()));
      }
    }
    return bytes;
  }
}
