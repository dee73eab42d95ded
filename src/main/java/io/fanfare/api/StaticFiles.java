package io.fanfare.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of the class path as pages. They are kept in memory once read: there are few, and nothing
 * depends on how a host's Vert.x resolves files. Thread-safe.
 */
final class StaticFiles {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Pattern INLINE_SCRIPT =
      Pattern.compile("<script(?![^>]*\\ssrc=)[^>]*>(.*?)</script>", Pattern.DOTALL);
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "json", "application/json",
          "yaml", "application/yaml",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2");

  private record StaticFile(Buffer bytes, String type, String etag, String scriptHashes) {}

  private final String folder;
  private final String styleSource;
  private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

  /**
   * @param folder on the class path, without a slash at its end; empty for its root
   * @param styleSource further sources of styles for the content security policy
   */
  StaticFiles(String folder, String styleSource) {
    this.folder = folder;
    this.styleSource = styleSource;
  }

  /** Answers with a file, or 404; {@code name} is relative to the folder. */
  void serve(RoutingContext context, String name) {
    HttpMethod method = context.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      Routes.answer(context, () -> Routes.notAllowed(Set.of("GET", "HEAD")));
      return;
    }
    Routes.answer(context, () -> find(context, name).map(file -> response(context, file)));
  }

  private Future<StaticFile> find(RoutingContext context, String name) {
    for (String part : name.split("/", -1)) {
      if (!NAME.matcher(part).matches()) {
        return Future.failedFuture(Failures.ofStatus(404));
      }
    }
    StaticFile known = files.get(name);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return context
        .vertx()
        .executeBlocking(() -> load(name), false)
        .map(
            found -> {
              StaticFile file = found.orElseThrow(() -> Failures.ofStatus(404));
              files.put(name, file);
              return file;
            });
  }

  private Optional<StaticFile> load(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in =
        StaticFiles.class
            .getClassLoader()
            .getResourceAsStream(folder.isEmpty() ? name : folder + "/" + name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] bytes = in.readAllBytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      String etag = HexFormat.of().formatHex(ApiToken.hash(text), 0, 8);
      return Optional.of(
          new StaticFile(
              Buffer.buffer(bytes),
              type,
              "\"" + etag + "\"",
              type.startsWith("text/html") ? inlineScripts(text) : ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The inline scripts of our own pages (import maps) by their hashes; no other may run. */
  private static String inlineScripts(String html) {
    StringBuilder sources = new StringBuilder();
    for (Matcher script = INLINE_SCRIPT.matcher(html); script.find(); ) {
      sources
          .append(" 'sha256-")
          .append(Base64.getEncoder().encodeToString(ApiToken.hash(script.group(1))))
          .append('\'');
    }
    return sources.toString();
  }

  private ApiResponse response(RoutingContext context, StaticFile file) {
    boolean same = file.etag().equals(context.request().getHeader("If-None-Match"));
    ApiResponse response =
        new ApiResponse(
                same ? 304 : 200,
                Map.of("Content-Type", file.type()),
                same ? Buffer.buffer() : file.bytes())
            .withHeader("ETag", file.etag())
            // Asked again every time, answered 304: an upgrade is seen at once.
            .withHeader("Cache-Control", "no-cache");
    return file.type().startsWith("text/html")
        ? response.withHeader("Content-Security-Policy", policy(file.scriptHashes()))
        : response;
  }

  private String policy(String scriptHashes) {
    return "default-src 'none'; script-src 'self'"
        + scriptHashes
        + "; style-src 'self'"
        + styleSource
        + "; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none';"
        + " form-action 'self'; frame-ancestors 'none'";
  }
}
