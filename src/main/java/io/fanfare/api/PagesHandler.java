package io.fanfare.api;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The dashboard at {@code /}, the API reference at {@code /docs}, and the API's description. */
final class PagesHandler {
  private static final String WEBJAR = "META-INF/maven/org.webjars/swagger-ui/pom.properties";

  private final StaticFiles dashboard = new StaticFiles("webroot", "");
  private final StaticFiles docs = new StaticFiles("docs", " 'unsafe-inline'");
  private final StaticFiles swagger =
      new StaticFiles("META-INF/resources/webjars/swagger-ui/" + swaggerVersion(), "");
  private final StaticFiles description = new StaticFiles("", "");

  /** {@code /api/openapi.yaml}, which needs no API key. */
  void addDescription(Router router) {
    router
        .route("/api/openapi.yaml")
        .handler(context -> description.serve(context, "openapi.yaml"));
  }

  /** The pages; they answer everything that is left. */
  void addPages(Router router) {
    router.route("/docs").handler(context -> docs.serve(context, "index.html"));
    router.route("/docs/swagger/*").handler(context -> swagger.serve(context, rest(context)));
    router.route("/docs/*").handler(context -> docs.serve(context, rest(context)));
    router.route("/").handler(context -> dashboard.serve(context, "index.html"));
    router.route("/*").handler(context -> dashboard.serve(context, rest(context)));
  }

  /** What the star of the route stands for; the index where that is nothing. */
  private static String rest(RoutingContext context) {
    String path = context.normalizedPath();
    String mount = context.currentRoute().getPath();
    String rest = path.substring(Math.min(mount.length(), path.length()));
    rest = rest.startsWith("/") ? rest.substring(1) : rest;
    return rest.isEmpty() ? "index.html" : rest;
  }

  private static String swaggerVersion() {
    Properties properties = new Properties();
    try (InputStream in = PagesHandler.class.getClassLoader().getResourceAsStream(WEBJAR)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
