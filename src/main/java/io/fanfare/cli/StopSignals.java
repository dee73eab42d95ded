package io.fanfare.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of SIGTERM and SIGINT more than once: a shutdown hook alone does not learn that somebody
 * lost patience.
 *
 * <p>By reflection, because {@code sun.misc.Signal} is the only way to a signal, and no API that a
 * compiler without warnings accepts. Where it is missing, the hook still stops the service.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /**
   * Exits in an orderly way at the first signal, with the shutdown hooks.
   *
   * @param again is run at every further one
   */
  static void handle(Runnable again) {
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable heard =
        () -> {
          if (stopping.compareAndSet(false, true)) {
            System.exit(0);
          } else {
            again.run();
          }
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                heard.run();
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.debug("signals are left to the Java platform", e);
    }
  }
}
