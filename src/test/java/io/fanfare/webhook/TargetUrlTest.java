package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUrlTest {
  private final NetworkPolicy strict = new NetworkPolicy(List.of(), true, () -> 8080);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/hook",
        "example.com/hook",
        "//example.com/",
        "ftp://example.com/",
        "javascript://example.com/",
        "https:/example.com/",
        "https://",
        "https:///path",
        "https://?x",
        "https://:443/",
        "https://user@example.com/",
        "https://user:pw@example.com/",
        "https://example.com/#f",
        "https://example.com#f",
        "https://example.com/a b",
        "https://example.com/\\evil",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        "https://exam\tple.com/",
        "https://example.com/\r\nX: y",
        "https://example%2ecom/",
        "https://example.com:0/",
        "https://example.com:/",
        "https://example.com:22/",
        "https://example.com:1023/",
        "https://example.com:65536/",
        "https://example.com:080/",
        "https://example.com:+443/",
        "https://example.com:443:443/",
        "https://ex_ample.com/",
        "https://example..com/",
        "https://example.com./",
        "https://.example.com/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://010.0.0.1/",
        "https://1.2.3/",
        "https://1.2.3.4.5/",
        "https://256.1.1.1/",
        "https://example.123/",
        "https://example.0x1f/",
        "https://[::1/",
        "https://[]/",
        "https://::1/",
        "https://[fe80::1%25eth0]/",
        "https://[1.2.3.4]/",
        "https://[2606:4700::1]evil/",
        "https://example.com/ä",
        "https://localhost/",
        "https://LOCALHOST:8443/",
        "https://intranet/",
        "https://api.localhost/",
        "https://printer.local/",
        "https://db.internal/",
        "http://127.0.0.1/",
        "http://10.0.0.8/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::ffff:0:8.8.8.8]/",
        "http://[fd00::1]/",
        "http://１２７.0.0.1/",
        "http://ⓛocalhost/",
      })
  void refuses(String url) {
    assertThatThrownBy(() -> TargetUrl.admit(url, strict))
        .isInstanceOf(TargetUrl.RefusedException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com,example.com,443,/,example.com",
    "HTTPS://Example.COM/Path?Q=1,example.com,443,/Path?Q=1,example.com",
    "http://example.com?x=1,example.com,80,/?x=1,example.com",
    "http://example.com:8080/a%2Fb,example.com,8080,/a%2Fb,example.com:8080",
    "https://example.com:443/,example.com,443,/,example.com",
    "http://example.com:443/,example.com,443,/,example.com:443",
    "https://bücher.example/,xn--bcher-kva.example,443,/,xn--bcher-kva.example",
    "https://8.8.8.8/,8.8.8.8,443,/,8.8.8.8",
    "https://[2606:4700:4700::1111]:8443/x,2606:4700:4700::1111,8443,/x,[2606:4700:4700::1111]:8443",
    "https://a-b.c--d.example/~x{y}|z,a-b.c--d.example,443,/~x{y}|z,a-b.c--d.example",
    "https://1.example/,1.example,443,/,1.example"
  })
  void admits(String url, String host, int port, String pathAndQuery, String hostHeader)
      throws TargetUrl.RefusedException {
    TargetUrl target = TargetUrl.admit(url, strict);

    assertThat(target.host()).isEqualTo(host);
    assertThat(target.port()).isEqualTo(port);
    assertThat(target.pathAndQuery()).isEqualTo(pathAndQuery);
    assertThat(target.hostHeader()).isEqualTo(hostHeader);
    String again =
        (target.https() ? "https://" : "http://") + target.hostHeader() + target.pathAndQuery();
    TargetUrl fixed = TargetUrl.admit(again, strict);
    assertThat(fixed.host()).isEqualTo(host);
    assertThat(fixed.pathAndQuery()).isEqualTo(pathAndQuery);
  }

  @Test
  void refusesHttpWhereOnlyHttpsIsAccepted() {
    NetworkPolicy httpsOnly = new NetworkPolicy(List.of(), false, () -> 0);

    assertThatThrownBy(() -> TargetUrl.admit("http://example.com/", httpsOnly))
        .hasMessage("must start with https://");
  }

  @Test
  void letsPrivateNamesThroughWhereANetworkIsAllowed() throws TargetUrl.RefusedException {
    NetworkPolicy loopback = new NetworkPolicy(List.of("127.0.0.0/8"), true, () -> 8080);

    assertThat(TargetUrl.admit("http://localhost:9999/x", loopback).host()).isEqualTo("localhost");
    assertThat(TargetUrl.admit("http://127.0.0.1:9999/x", loopback).literal()).isTrue();
    assertThatThrownBy(() -> TargetUrl.admit("http://127.0.0.1:8080/x", loopback))
        .hasMessageContaining("delivery.allowed_networks");
  }

  @Test
  void refusesAUrlThatIsTooLong() throws TargetUrl.RefusedException {
    String longest = "https://example.com/" + "x".repeat(2_048 - 20);

    assertThat(TargetUrl.admit(longest, strict).port()).isEqualTo(443);
    assertThatThrownBy(() -> TargetUrl.admit(longest + "x", strict)).hasMessageContaining("2048");
  }
}
