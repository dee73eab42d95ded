package io.fanfare.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where spans go, and of which events. An empty {@code endpoint} switches it off; {@code queueMax}
 * and {@code batchMax} count spans.
 */
public record TracingConfig(
    String endpoint,
    @Secret List<String> headers,
    double sampleRatio,
    int queueMax,
    int batchMax,
    Duration timeout) {

  // The path where a collector listens unless it is told otherwise (OTLP, section OTLP/HTTP).
  private static final String USUAL_PATH = "/v1/traces";
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}): *([!-~](?:[ -~]{0,4094}[!-~])?)");

  /** Checks the bounds. */
  public TracingConfig {
    new Limits()
        .rule(
            "endpoint",
            endpoint.isEmpty() || parsed(endpoint) != null,
            "empty, or a URL like \"http://127.0.0.1:4318\" without user, query and fragment")
        .rule(
            "headers",
            headers.size() <= 16
                && headers.stream().allMatch(header -> HEADER.matcher(header).matches()),
            "at most 16 headers like \"name: value\"")
        .rule("sampleRatio", sampleRatio >= 0 && sampleRatio <= 1, "from 0 to 1")
        .count("queueMax", queueMax, 1, 1_000_000)
        .count("batchMax", batchMax, 1, 10_000)
        .rule("batchMax", batchMax <= queueMax, "at most tracing.queue_max")
        .duration("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1))
        .enforce();
  }

  /** Whether spans are recorded. */
  public boolean isOn() {
    return !endpoint.isEmpty();
  }

  /** Where to send them; only where they are recorded. */
  public String url() {
    URI uri = parsed(endpoint);
    if (uri == null) {
      throw new IllegalStateException("tracing is off");
    }
    String path = uri.getRawPath();
    return path.isEmpty() || path.equals("/")
        ? uri.getScheme() + "://" + uri.getRawAuthority() + USUAL_PATH
        : endpoint;
  }

  /** The headers to send with them, by name. */
  public Map<String, String> headersByName() {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String header : headers) {
      Matcher matcher = HEADER.matcher(header);
      if (matcher.matches()) {
        byName.put(matcher.group(1), matcher.group(2));
      }
    }
    return byName;
  }

  private static @Nullable URI parsed(String text) {
    try {
      URI uri = new URI(text);
      boolean sound =
          ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      return sound ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
