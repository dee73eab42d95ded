package io.fanfare.contract;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Carries out {@link RequiresTool}. */
final class RequiresToolCondition implements ExecutionCondition {
  /** Where {@code .ci/run} installs npm packages. */
  static final Path NODE_MODULES = Path.of("target", "npm", "node_modules");

  private static final List<String> NAMESPACE =
      List.of(
          "unshare",
          "-n",
          "sh",
          "-c",
          "ip link set lo up && ip -6 addr add fd00::1/128 dev lo && ip -6 route show table local");
  private static final String REQUIRE = "FANFARE_TEST_REQUIRE_TOOLS";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<RequiresTool> required =
        AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class);
    if (required.isEmpty()) {
      return ConditionEvaluationResult.enabled("needs no tool");
    }
    List<String> missing = new ArrayList<>();
    for (String command : required.get().value()) {
      if (!isInPath(command)) {
        missing.add(command);
      }
    }
    for (String name : required.get().npm()) {
      if (!Files.isDirectory(NODE_MODULES.resolve(name))) {
        missing.add("npm package " + name + " (npm install --prefix target/npm " + name + ")");
      }
    }
    if (required.get().namespace() && !canMakeNamespace()) {
      missing.add("a network namespace with IPv6 (needs root, unshare and ip)");
    }
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("all tools are there");
    }
    String reason = "missing: " + String.join(", ", missing);
    if (System.getenv(REQUIRE) != null) {
      throw new ExtensionConfigurationException(
          reason + "; install what is missing, or unset " + REQUIRE + " to skip the test");
    }
    return ConditionEvaluationResult.disabled(reason);
  }

  private static boolean canMakeNamespace() {
    try {
      return new ProcessBuilder(NAMESPACE).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isInPath(String command) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, command))) {
        return true;
      }
    }
    return false;
  }
}
