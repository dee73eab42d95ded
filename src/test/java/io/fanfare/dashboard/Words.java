package io.fanfare.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of the dashboard in one language, as {@code i18n/en.js} has them. */
record Words(Map<String, String> all) {
  private static final Pattern LINE = Pattern.compile("^  '([^']+)': '(.*)',$", Pattern.MULTILINE);

  /** The words of {@code en} or {@code zh}. */
  static Words of(String language) throws IOException {
    Matcher lines = LINE.matcher(Files.readString(WEBROOT.resolve("i18n/" + language + ".js")));
    Map<String, String> all = new LinkedHashMap<>();
    while (lines.find()) {
      all.put(lines.group(1), lines.group(2).replace("\\'", "'"));
    }
    return new Words(all);
  }

  static final Path WEBROOT = Path.of("src", "main", "resources", "webroot");

  /** The words of a key. */
  String get(String key) {
    String words = all.get(key);
    if (words == null) {
      throw new IllegalArgumentException("no words for " + key);
    }
    return words;
  }

  /** The same with what stands in braces replaced, name after value. */
  String get(String key, String name, Object value) {
    return get(key).replace("{" + name + "}", String.valueOf(value));
  }
}
