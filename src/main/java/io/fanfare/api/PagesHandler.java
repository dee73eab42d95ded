package io.fanfare.api;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The dashboard at {@code /}, the API reference at {@code /docs}, and the API's description. */
final class PagesHandler {
  private static final String YAML = "openapi.yaml";
  private static final String JSON = "openapi.json";

  private final StaticFiles pages = StaticFiles.of("webroot");
  private final StaticFiles description = new StaticFiles(PagesHandler::description);

  /** {@code /api/openapi.yaml} and {@code /api/openapi.json}, which need no API key. */
  void addDescription(Router router) {
    for (String name : new String[] {YAML, JSON}) {
      router.route("/api/" + name).handler(context -> description.serve(context, name));
    }
  }

  /** The pages; they answer everything that is left. */
  void addPages(Router router) {
    router.route("/docs").handler(context -> pages.serve(context, "docs.html"));
    router.route("/").handler(context -> pages.serve(context, "index.html"));
    router.route("/*").handler(context -> pages.serve(context, rest(context)));
  }

  /** The description as it is written, or the same as JSON: browsers read no YAML. */
  private static Optional<byte[]> description(String name) throws IOException {
    Optional<byte[]> yaml = StaticFiles.resource(YAML);
    return name.equals(YAML) ? yaml : yaml.map(PagesHandler::toJson);
  }

  private static byte[] toJson(byte[] yaml) {
    Map<String, Object> map =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    return new JsonObject(map).toBuffer().getBytes();
  }

  private static String rest(RoutingContext context) {
    return context.normalizedPath().substring(1);
  }
}
