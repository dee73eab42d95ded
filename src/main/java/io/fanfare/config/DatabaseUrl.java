package io.fanfare.config;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A {@code database.url} as the tools of PostgreSQL read it. The client library's own parser takes
 * only some characters in passwords, reads {@code +} as a space, passes over parameters that it
 * does not know, and leaves out what TLS needs.
 */
public final class DatabaseUrl {
  private static final Pattern SHAPE =
      Pattern.compile(
          "postgres(?:ql)?://(?<user>[^:/?]+?)(?::(?<password>[^/?]*))?@"
              + "(?<host>\\[[0-9A-Fa-f:.]+]|[^:/?@,\\[\\]]*)(?::(?<port>\\d{1,5}))?"
              + "/(?<database>[^/?]+)(?:\\?(?<parameters>.*))?");
  private static final String LIKE_THIS =
      "like postgresql://user:password@host:port/db, with special characters percent-encoded"
          + " (@ is %40, / is %2F, % is %25)";
  private static final Set<String> TLS = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");
  // Go to the server as they are.
  private static final Set<String> PROPERTIES = Set.of("options", "search_path");
  // We name our connections ourselves, and wait as database.connect_wait says.
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("application_name", "fallback_application_name", "connect_timeout");
  private static final int PORT_DEFAULT = 5_432;
  private static final int PORT_MAX = 65_535;

  private DatabaseUrl() {}

  /** What is wrong, going on after "must be", without any part of the URL; null for nothing. */
  static @Nullable String fault(String url) {
    try {
      parse(url);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * How to connect.
   *
   * @throws IllegalArgumentException with what is allowed, see {@link DatabaseConfig}
   */
  public static PgConnectOptions parse(String url) {
    Matcher matcher = SHAPE.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(LIKE_THIS);
    }
    Map<String, String> parameters = parameters(matcher.group("parameters"));
    String host = parameters.getOrDefault("host", decode(matcher.group("host")));
    String port = matcher.group("port");
    int number = port == null ? PORT_DEFAULT : Integer.parseInt(port);
    if (host.isEmpty() || number == 0 || number > PORT_MAX) {
      throw new IllegalArgumentException(LIKE_THIS);
    }
    String password = matcher.group("password");
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
            .setPort(number)
            .setUser(decode(matcher.group("user")))
            .setPassword(password == null ? "" : decode(password))
            .setDatabase(decode(matcher.group("database")));
    parameters.entrySet().stream()
        .filter(parameter -> PROPERTIES.contains(parameter.getKey()))
        .forEach(parameter -> options.addProperty(parameter.getKey(), parameter.getValue()));
    return secure(options, parameters);
  }

  private static Map<String, String> parameters(@Nullable String text) {
    Map<String, String> parameters = new HashMap<>();
    if (text == null || text.isEmpty()) {
      return parameters;
    }
    for (String pair : text.split("&", -1)) {
      String[] halves = pair.split("=", 2);
      String name = halves[0];
      boolean known =
          name.equals("host")
              || TLS.contains(name)
              || PROPERTIES.contains(name)
              || WITHOUT_EFFECT.contains(name);
      if (!known || halves.length == 1) {
        throw new IllegalArgumentException(
            "without other parameters than sslmode, sslrootcert, sslcert, sslkey, host, options,"
                + " search_path, application_name and connect_timeout");
      }
      parameters.put(name, decode(halves[1]));
    }
    return parameters;
  }

  /** As libpq: {@code require} with a root certificate verifies the server's chain. */
  private static PgConnectOptions secure(PgConnectOptions options, Map<String, String> parameters) {
    SslMode mode = mode(parameters.getOrDefault("sslmode", "disable"));
    String root = parameters.get("sslrootcert");
    if (mode == SslMode.REQUIRE && root != null) {
      mode = SslMode.VERIFY_CA;
    }
    boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
    ClientSSLOptions tls =
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (!verifies) {
      tls.setTrustAll(true);
    } else if (root == null || root.equals("system")) {
      tls.setTrustOptions(authoritiesOfJava());
    } else {
      tls.setTrustOptions(new PemTrustOptions().addCertPath(file(root)));
    }
    String certificate = parameters.get("sslcert");
    String key = parameters.get("sslkey");
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("with both sslcert and sslkey, or with neither");
    }
    if (certificate != null && key != null) {
      tls.setKeyCertOptions(
          new PemKeyCertOptions().addCertPath(file(certificate)).addKeyPath(file(key)));
    }
    options.setSslMode(mode).setSslOptions(tls);
    return options;
  }

  private static SslMode mode(String text) {
    try {
      return SslMode.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "with an sslmode of disable, allow, prefer, require, verify-ca or verify-full", e);
    }
  }

  private static TrustOptions authoritiesOfJava() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return TrustOptions.wrap(factory);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has authorities that it trusts", e);
    }
  }

  private static String file(String path) {
    if (!Files.isReadable(Path.of(path)) || Files.isDirectory(Path.of(path))) {
      throw new IllegalArgumentException(
          "with an sslrootcert, sslcert and sslkey that are readable files");
    }
    return Path.of(path).toAbsolutePath().toString();
  }

  private static String decode(String text) {
    try {
      // Only percent signs are an escape here.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(LIKE_THIS, e);
    }
  }
}
