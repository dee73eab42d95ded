package io.fanfare.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key stores with certificates of all kinds, made by the JDK's {@code keytool}. */
final class TestCertificates {
  static final String PASSWORD = "changeit";

  private final Path folder;

  TestCertificates(Path folder) {
    this.folder = folder;
  }

  /**
   * A key store with a self-signed certificate.
   *
   * @param names as in {@code dns:example.com} or {@code ip:127.0.0.1}
   * @param more options of keytool
   */
  Path keyStore(String alias, String names, String... more) throws Exception {
    Path store = folder.resolve(alias + ".p12");
    List<String> options =
        new ArrayList<>(
            List.of(
                "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + alias, "-ext", "san=" + names));
    options.addAll(List.of(more));
    keytool(store, alias, options);
    return store;
  }

  /**
   * Replaces the certificate of a key store by one that the certificate of another store signs: of
   * one that is trusted by itself nobody asks whether it is expired.
   *
   * @param validity options of keytool
   */
  void signedBy(String authority, String alias, String names, String... validity) throws Exception {
    Path store = folder.resolve(alias + ".p12");
    Path request = folder.resolve(alias + ".csr");
    Path reply = folder.resolve(alias + "-signed.pem");
    keytool(store, alias, List.of("-certreq", "-file", request.toString()));
    List<String> sign =
        new ArrayList<>(
            List.of(
                "-gencert", "-rfc", "-infile", request.toString(), "-outfile", reply.toString()));
    sign.addAll(List.of("-ext", "san=" + names));
    sign.addAll(List.of(validity));
    keytool(folder.resolve(authority + ".p12"), authority, sign);
    Path root = exported(authority);
    keytool(store, authority, List.of("-importcert", "-noprompt", "-file", root.toString()));
    keytool(store, alias, List.of("-importcert", "-noprompt", "-file", reply.toString()));
  }

  private Path exported(String alias) throws Exception {
    Path certificate = folder.resolve(alias + ".pem");
    keytool(
        folder.resolve(alias + ".p12"),
        alias,
        List.of("-exportcert", "-rfc", "-file", certificate.toString()));
    return certificate;
  }

  /** A trust store that trusts these certificates, named by their aliases. */
  Path trustStore(String... aliases) throws Exception {
    // JKS, because Java reads certificates of such a store without being told its password.
    Path trust = folder.resolve("trust.jks");
    for (String alias : aliases) {
      Path certificate = exported(alias);
      keytool(trust, alias, List.of("-importcert", "-noprompt", "-file", certificate.toString()));
    }
    return trust;
  }

  private static void keytool(Path store, String alias, List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD,
            "-alias",
            alias,
            "-storetype",
            store.toString().endsWith(".jks") ? "JKS" : "PKCS12"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool: " + said);
    }
  }
}
