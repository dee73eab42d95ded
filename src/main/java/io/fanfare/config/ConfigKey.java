package io.fanfare.config;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One key that can be set.
 *
 * @param path dotted, like {@code http.port}
 * @param list whether its value is a list
 * @param secret whether its value must not be shown
 */
record ConfigKey(String path, boolean list, boolean secret) {
  static final String VARIABLE_PREFIX = "FANFARE_";

  /** The environment variable that sets it. */
  String variable() {
    return VARIABLE_PREFIX + path.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** All keys of a record and of those nested in it, by path, in their order. */
  static Map<String, ConfigKey> of(Class<?> type) {
    Map<String, ConfigKey> keys = new LinkedHashMap<>();
    collect(type, "", keys);
    return keys;
  }

  private static void collect(Class<?> type, String prefix, Map<String, ConfigKey> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + ConfigText.key(component.getName());
      if (component.getType().isRecord()) {
        collect(component.getType(), path + ".", keys);
      } else {
        boolean list = component.getType() == List.class;
        boolean secret = component.isAnnotationPresent(Secret.class);
        keys.put(path, new ConfigKey(path, list, secret));
      }
    }
  }
}
