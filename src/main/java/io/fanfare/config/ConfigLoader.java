package io.fanfare.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lays environment over file over defaults, and judges the names that were used. */
final class ConfigLoader {
  /** The defaults, on the class path: the one place where they are written. */
  private static final String DEFAULTS = "conf/fanfare.conf";

  private static final ConfigParseOptions HOCON =
      ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false);

  private final Map<String, ConfigKey> keys = ConfigKey.of(FanfareConfig.class);
  private final List<String> problems = new ArrayList<>();
  private Config own = ConfigFactory.empty();

  private ConfigLoader() {}

  static FanfareConfig.Loaded load(@Nullable Path file, Map<String, String> environment) {
    return new ConfigLoader().read(file, environment);
  }

  private FanfareConfig.Loaded read(@Nullable Path file, Map<String, String> environment) {
    Config defaults =
        ConfigFactory.parseResources(
                ConfigLoader.class.getClassLoader(),
                DEFAULTS,
                HOCON.setOriginDescription("the default"))
            .resolve();
    List<String> warnings = new ArrayList<>();
    Config variables = variables(environment, warnings);
    if (file != null) {
      collect(parse(file, defaults).root(), "");
    }
    Binder binder = new Binder(variables.withFallback(own).withFallback(defaults), defaults, keys);
    FanfareConfig config = binder.bind(FanfareConfig.class);
    problems.addAll(binder.problems());
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new FanfareConfig.Loaded(config, List.copyOf(warnings));
  }

  private static Config parse(Path file, Config defaults) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      String why = Files.exists(file) ? "it is not a readable file" : "there is no such file";
      throw new ConfigException(
          List.of("configuration " + file + ": " + why + "; name another one with --config"));
    }
    try {
      Config parsed = ConfigFactory.parseFile(file.toFile(), HOCON);
      return parsed.resolveWith(parsed.withFallback(defaults));
    } catch (com.typesafe.config.ConfigException e) {
      // Its message starts with the file and the line.
      throw new ConfigException(
          List.of(String.valueOf(e.getMessage()).lines().collect(Collectors.joining(" "))));
    }
  }

  private Config variables(Map<String, String> environment, List<String> warnings) {
    Map<String, ConfigKey> byVariable =
        keys.values().stream().collect(Collectors.toMap(ConfigKey::variable, Function.identity()));
    Config config = ConfigFactory.empty();
    for (var entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      if (!variable.startsWith(ConfigKey.VARIABLE_PREFIX)) {
        continue;
      }
      ConfigKey key = byVariable.get(variable);
      if (key == null) {
        String nearest = Nearest.to(variable, byVariable.keySet());
        warnings.add(variable + " is not known and has no effect; did you mean " + nearest + "?");
      } else {
        Object value = key.list() ? split(entry.getValue()) : entry.getValue();
        config = config.withValue(key.path(), ConfigValueFactory.fromAnyRef(value, variable));
      }
    }
    return config;
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /**
   * Takes over the known keys of the file; unknown ones, null and misplaced values are problems.
   */
  private void collect(ConfigObject section, String prefix) {
    for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
      String path = prefix + entry.getKey();
      ConfigValue value = entry.getValue();
      boolean isSection = keys.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
      if (isSection && value instanceof ConfigObject nested) {
        collect(nested, path + ".");
      } else if (isSection) {
        problem(path, value, "must be a section { … }");
      } else if (!keys.containsKey(path)) {
        // Without its value: it may be a secret under a misspelt name.
        problem(path, value, "unknown key; did you mean " + Nearest.to(path, keys.keySet()) + "?");
      } else if (value.valueType() == ConfigValueType.NULL) {
        problem(path, value, "must not be null; leave the key out for its default");
      } else {
        own = own.withValue(path, value);
      }
    }
  }

  private void problem(String path, ConfigValue value, String text) {
    problems.add(path + " (" + Binder.origin(value) + "): " + text);
  }
}
