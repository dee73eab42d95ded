package io.fanfare.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.contract.RequiresTool;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a receiver pastes tells genuine requests from others. */
class VerifiersTest {
  private static final String BODY = "{\"event\":\"build.completed\",\"data\":{\"name\":\"é\"}}";
  private static final String SECRET = "whsec_c2VjcmV0";

  @TempDir private Path folder;

  @Test
  @RequiresTool("node")
  void inNode() throws Exception {
    Path file = Files.writeString(folder.resolve("v.cjs"), code("Node.js") + NODE_USE);
    assertThat(run("node", file.toString(), BODY, signature(), SECRET))
        .isEqualTo("true false false");
  }

  @Test
  @RequiresTool({"node", "python3"})
  void inPython() throws Exception {
    Path file = Files.writeString(folder.resolve("v.py"), code("Python") + PYTHON_USE);
    assertThat(run("python3", file.toString(), BODY, signature(), SECRET))
        .isEqualTo("True False False");
  }

  @Test
  @RequiresTool("node")
  void inJava() throws Exception {
    Path file = Files.writeString(folder.resolve("Signature.java"), code("Java"));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", folder.toString(), file.toString());
    assertThat(failed).isZero();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      Method isGenuine =
          loader
              .loadClass("Signature")
              .getDeclaredMethod("isGenuine", byte[].class, String.class, String.class);
      isGenuine.setAccessible(true);
      byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
      assertThat(isGenuine.invoke(null, body, signature(), SECRET)).isEqualTo(true);
      assertThat(isGenuine.invoke(null, body, signature(), "other")).isEqualTo(false);
      assertThat(isGenuine.invoke(null, body, null, SECRET)).isEqualTo(false);
    }
  }

  @Test
  @RequiresTool("node")
  void inEveryLanguageWithTheHeaderOfTheInstallation() throws Exception {
    for (String language : new String[] {"Node.js", "Python", "Java", "Go"}) {
      assertThat(code(language)).containsIgnoringCase("X-Own-Signature-256");
    }
    for (String language : new String[] {"PHP", "Ruby"}) {
      assertThat(code(language)).contains("HTTP_X_OWN_SIGNATURE_256");
    }
  }

  private static final String NODE_USE =
      """
      const [body, header, secret] = process.argv.slice(2);
      const bytes = Buffer.from(body);
      console.log(isGenuine(bytes, header, secret), isGenuine(bytes, header, 'other'),
        isGenuine(bytes, undefined, secret));
      """;

  private static final String PYTHON_USE =
      """

      import sys
      body, header, secret = sys.argv[1:]
      raw = body.encode()
      print(is_genuine(raw, header, secret), is_genuine(raw, header, "other"),
            is_genuine(raw, None, secret))
      """;

  private static String code(String language) throws Exception {
    String script =
        "import { verifiers } from '"
            + Modules.copy().resolve("lib/verifiers.js").toUri()
            + "';\nconsole.log(JSON.stringify(Object.fromEntries(verifiers('X-Own-'))));";
    return new JsonObject(run("node", "--input-type=module", "-e", script)).getString(language);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  private static String signature() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return "sha256=" + HexFormat.of().formatHex(mac.doFinal(BODY.getBytes(StandardCharsets.UTF_8)));
  }
}
