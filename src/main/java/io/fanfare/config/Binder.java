package io.fanfare.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes records from HOCON. What does not fit becomes a problem, and the default stands in for it
 * so that the remaining values are judged too.
 */
final class Binder {
  private final Config values;
  private final Config defaults;
  private final Map<String, ConfigKey> keys;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param values resolved, with every key
   * @param defaults resolved, with every key, and valid
   */
  Binder(Config values, Config defaults, Map<String, ConfigKey> keys) {
    this.values = values;
    this.defaults = defaults;
    this.keys = keys;
  }

  /** What did not fit so far. */
  List<String> problems() {
    return problems;
  }

  /** The record, complete where no problem was found. */
  <T> T bind(Class<T> type) {
    return bind(type, "", values);
  }

  private <T> T bind(Class<T> type, String prefix, Config from) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Class<?> wanted = components[i].getType();
      String path = prefix + ConfigText.key(components[i].getName());
      arguments[i] = wanted.isRecord() ? bind(wanted, path + ".", from) : value(from, path, wanted);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidValuesException invalid && from != defaults) {
        for (var violation : invalid.violations()) {
          report(prefix + ConfigText.key(violation.component()), violation.rule());
        }
        return bind(type, prefix, defaults);
      }
      throw new IllegalStateException("the defaults of " + type + " are not valid", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }

  private Object value(Config from, String path, Class<?> wanted) {
    try {
      return read(from, path, wanted);
    } catch (com.typesafe.config.ConfigException | IllegalArgumentException e) {
      if (from == defaults) {
        throw new IllegalStateException("the default of " + path + " is not valid", e);
      }
      report(path, allowed(wanted));
      return value(defaults, path, wanted);
    }
  }

  private static Object read(Config from, String path, Class<?> wanted) {
    if (wanted == int.class) {
      return Integer.parseInt(from.getString(path));
    }
    if (wanted == double.class) {
      return Double.parseDouble(from.getString(path));
    }
    if (wanted == boolean.class) {
      return from.getBoolean(path);
    }
    if (wanted == long.class) {
      return from.getBytes(path);
    }
    if (wanted == Duration.class) {
      return duration(from, path);
    }
    if (wanted == List.class) {
      return List.copyOf(from.getStringList(path));
    }
    if (wanted == Path.class) {
      return path(from.getString(path));
    }
    if (wanted.isEnum()) {
      return constant(wanted, from.getString(path));
    }
    if (wanted == String.class) {
      return from.getString(path);
    }
    throw new IllegalStateException("no way to read " + wanted + " for " + path);
  }

  /** HOCON takes a bare number for milliseconds; here it is refused, since people mean seconds. */
  private static Duration duration(Config from, String path) {
    String text = from.getString(path).strip();
    if (text.isEmpty() || !Character.isLetter(text.charAt(text.length() - 1))) {
      throw new IllegalArgumentException("no unit");
    }
    return from.getDuration(path);
  }

  private static Path path(String text) throws InvalidPathException {
    if (text.isBlank()) {
      throw new IllegalArgumentException("no path");
    }
    return Path.of(text);
  }

  private static Object constant(Class<?> wanted, String text) {
    return Arrays.stream(wanted.getEnumConstants())
        .filter(constant -> ConfigText.value(constant).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown"));
  }

  private static String allowed(Class<?> wanted) {
    if (wanted == int.class) {
      return "a whole number";
    }
    if (wanted == double.class) {
      return "a number";
    }
    if (wanted == boolean.class) {
      return "true or false";
    }
    if (wanted == long.class) {
      return "a size like 64 MiB";
    }
    if (wanted == Duration.class) {
      return "a duration with a unit, like 30s";
    }
    if (wanted == List.class) {
      return "a list like [\"a\", \"b\"]";
    }
    if (wanted.isEnum()) {
      return "one of "
          + String.join(
              ", ", Arrays.stream(wanted.getEnumConstants()).map(ConfigText::value).toList());
    }
    return wanted == Path.class ? "a path" : "a text";
  }

  private void report(String path, String rule) {
    ConfigValue value = values.getValue(path);
    ConfigKey key = keys.get(path);
    String shown =
        key != null && key.secret()
            ? ConfigText.HIDDEN
            // Quoted as JSON: a line break in it must not break the line.
            : value.render(ConfigRenderOptions.concise());
    problems.add(path + " = " + shown + " (" + origin(value) + "): must be " + rule);
  }

  /** Where a value was set: a file and its line, a variable, or nowhere. */
  static String origin(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    return origin.filename() == null
        // A variable, or a default with the line in our own file, which is nobody's business.
        ? origin.description().replaceFirst(": \\d+$", "")
        : origin.filename() + ", line " + origin.lineNumber();
  }
}
