package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that no delivery may reach, in every spelling, at create and at update. */
class TargetUrlApiTest {
  private static TestApi api;
  private static String existing;

  @BeforeAll
  static void start() {
    api = new TestApi();
    existing =
        "/api/webhooks/"
            + api.post("/api/webhooks", TestApi.smallest()).json().getString("webhook_id");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/",
        "http://127.1.2.3/",
        "http://127.255.255.254/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0X7F000001/",
        "http://127.0.0.1./",
        "http://127.0.0.01/",
        "http://00127.0.0.1/",
        "http://127.0.0.1%00/",
        "http://127.0.0.1%2f@example.com/",
        "http://①②⑦.⓪.⓪.①/",
        "http://１２７．０．０．１/",
        "http://127。0。0。1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://00000000/",
        "http://localhost/",
        "http://LocalHost/",
        "http://localhost./",
        "http://localhost.localdomain./",
        "http://api.localhost/",
        "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "http://loc\u00ADalhost/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://intranet/",
        "http://10.0.0.1/",
        "http://10.255.255.255/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://100.127.255.254/",
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.170.2/v2/credentials",
        "http://2852039166/",
        "http://0xA9FEA9FE/",
        "http://0251.0376.0251.0376/",
        "http://168.63.129.16/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://239.255.255.250/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[0000::0001]/",
        "http://[::127.0.0.1]/",
        "http://[::7f00:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::FFFF:a9fe:a9fe]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fc00::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25lo]/",
        "http://[fe80::1%lo]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[100::1]/",
        "http://[5f00::1]/",
        "http://[::5efe:7f00:1]/",
        "http://[::1]:80:80/",
        "http://[::1",
        "http://::1/",
        "http://user@127.0.0.1/",
        "http://example.com@127.0.0.1/",
        "http://127.0.0.1#@example.com/",
        "http://127.0.0.1\\@example.com/",
        "http://127.0.0.1\\.example.com/",
        "http://example.com\r\nHost: 127.0.0.1/",
        "http:///127.0.0.1/",
        "http:127.0.0.1/",
        "http:/\\127.0.0.1/",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "ftp://127.0.0.1/",
        "jar:http://127.0.0.1!/",
        "http://127.0.0.1:22/",
        "http://example.com:25/",
        "http://example.com:6379 /",
        "\u0000http://127.0.0.1/",
        " http://127.0.0.1/"
      })
  void isRefusedAtCreateAndAtUpdate(String url) {
    for (Answer answer :
        List.of(
            api.post("/api/webhooks", TestApi.smallest().put("url", url)),
            api.put(existing, new JsonObject().put("url", url)))) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(answer.faultyFields()).containsExactly("url");
    }
    assertThat(api.get(existing).json().getString("url"))
        .isEqualTo(TestApi.smallest().getString("url"));
  }

  @Test
  void oneTextForEveryDeniedAddressThatNamesTheKey() {
    assertThat(
            List.of("http://127.0.0.1/", "http://10.0.0.1/", "http://[fd00::1]/", "http://db/")
                .stream()
                .map(url -> api.post("/api/webhooks", TestApi.smallest().put("url", url)).text())
                .distinct())
        .singleElement()
        .asString()
        .contains("target address is not allowed", "delivery.allowed_networks");
  }

  @Test
  void theServicesOwnPortIsRefusedEvenInAnAllowedNetwork() {
    try (TestApi open = new TestApi(List.of("127.0.0.0/8", "::1/128"), UnaryOperator.identity())) {
      int port = open.port.getAsInt();
      for (String host :
          List.of("127.0.0.1", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0")) {
        String url = "http://" + host + ":" + port + "/api/events";
        assertThat(open.post("/api/webhooks", TestApi.smallest().put("url", url)).status())
            .as(url)
            .isEqualTo(400);
      }
      String other = "http://127.0.0.1:" + (port == 9_999 ? 9_998 : 9_999) + "/";
      assertThat(open.post("/api/webhooks", TestApi.smallest().put("url", other)).status())
          .isEqualTo(201);
    }
  }
}
