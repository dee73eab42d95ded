package io.fanfare.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Configuration as text a person reads: keys, durations, sizes, and whole records. */
final class ConfigText {
  static final String HIDDEN = "<hidden>";

  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB"};

  private ConfigText() {}

  /** The key of a record's component: {@code bodyBytesMax} is {@code body_bytes_max}. */
  static String key(String component) {
    return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** In the largest unit that divides it: {@code 72h}, {@code 1500ms}; days from three on. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0 || millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 86_400 == 0 && seconds > 3 * 86_400) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 && seconds > 120 ? seconds / 60 + "m" : seconds + "s";
  }

  /** In the largest unit that divides it: {@code 64 MiB}. */
  static String bytes(long bytes) {
    int unit = 0;
    while (unit < SIZES.length - 1 && bytes != 0 && bytes % 1024 == 0) {
      bytes /= 1024;
      unit++;
    }
    return bytes + " " + SIZES[unit];
  }

  /** One line {@code http.host=127.0.0.1 http.port=8080 …} of all values, secrets hidden. */
  static String line(Record config) {
    List<String> values = new ArrayList<>();
    collect(config, "", values);
    return String.join(" ", values);
  }

  private static void collect(Record config, String prefix, List<String> values) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      String key = prefix + key(component.getName());
      Object value = read(config, component);
      if (value instanceof Record nested) {
        collect(nested, key + ".", values);
      } else {
        values.add(key + "=" + shown(component, value));
      }
    }
  }

  private static String shown(RecordComponent component, Object value) {
    if (component.isAnnotationPresent(Secret.class)) {
      boolean empty = value instanceof List<?> list ? list.isEmpty() : value.toString().isEmpty();
      return empty ? "<empty>" : HIDDEN;
    }
    return value(value);
  }

  /** One value as it may be written in the configuration. */
  static String value(Object value) {
    if (value instanceof Duration duration) {
      return duration(duration);
    }
    if (value instanceof Long bytes) {
      return bytes(bytes).replace(" ", "");
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    boolean plain = value instanceof Number || value instanceof Boolean || value instanceof List;
    return plain || value instanceof Path ? value.toString() : "\"" + value + "\"";
  }

  private static Object read(Record config, RecordComponent component) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
