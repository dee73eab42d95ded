package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignerTest {
  private static final String BODY =
      "{\"event\":\"build.completed\",\"timestamp\":\"2024-01-01T12:02:00Z\",\"webhook_id\":\"webhook_456\","
          + "\"delivery_id\":\"del_790\",\"data\":{\"build_id\":\"build_123\",\"n\":12345678901234567890.10,"
          + "\"s\":\"构建✅\"}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // GitHub's documentation of webhook validation
        "It's a Secret to Everybody | Hello, World! |"
            + " 757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        // RFC 4231, test case 2
        "Jefe | what do ya want for nothing? |"
            + " 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      })
  void signsPublishedVectors(String key, String body, String hex) {
    assertThat(new Signer(key).document(utf8(body))).isEqualTo("sha256=" + hex);
  }

  @Test
  void signsWithAKeyOfControlCharacters() {
    // RFC 4231, test case 1
    assertThat(new Signer("\u000b".repeat(20)).document(utf8("Hi There")))
        .isEqualTo("sha256=b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  }

  @Test
  void signsAnEmptyBody() {
    assertThat(new Signer("k").document(new byte[0]))
        .isEqualTo("sha256=8bb990c40a7d61cb97597a942125025be50ac8beb74436e3735b98893a7f6620");
  }

  @Test
  void signsTheDocumentsBodyWithTheDocumentsSecret() {
    assertThat(new Signer("your-webhook-secret-key").document(utf8(BODY)))
        .isEqualTo("sha256=e6fe65df114f04bbb1cb5291c999f397c6d28fa05acf46d0880dcdcf500e09d6");
  }

  @Test
  void takesTheUtf8BytesOfASecret() {
    assertThat(new Signer("密钥").document(utf8(BODY)))
        .isEqualTo("sha256=929b8f690d58da1f202a0e3b9517fbc6d58b6547bef06df698ca777a6bbf1a94");
  }

  @Test
  void signsTheVectorOfStandardWebhooks() {
    Signer signer = new Signer("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(
            signer.standard(
                "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", utf8("{\"test\": 2432232314}")))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void isVerifiedByTheReferenceLibraryOfStandardWebhooks() throws Exception {
    String secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    String id = "del_0123";
    String seconds = Long.toString(Instant.now().getEpochSecond());
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("webhook-id", List.of(id));
    headers.put("webhook-timestamp", List.of(seconds));
    headers.put("webhook-signature", List.of(new Signer(secret).standard(id, seconds, utf8(BODY))));

    new Webhook(secret).verify(BODY, HttpHeaders.of(headers, (name, value) -> true));
  }

  @ParameterizedTest
  @CsvSource({
    "flipped body, webhook-id, 0",
    "other id, webhook-id, 0",
    "other secret, webhook-id, 0",
    "unknown version, webhook-id, 0",
    "too old, webhook-id, -301",
    "from the future, webhook-id, 301",
    "missing, webhook-id, 0",
    "missing, webhook-timestamp, 0",
    "missing, webhook-signature, 0"
  })
  void whatWasTamperedWithIsRefusedByTheReferenceLibrary(String how, String header, int shift) {
    String secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    String seconds = Long.toString(Instant.now().getEpochSecond() + shift);
    String signature = new Signer(secret).standard("del_0123", seconds, utf8(BODY));
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("webhook-id", List.of(how.equals("other id") ? "del_0124" : "del_0123"));
    headers.put("webhook-timestamp", List.of(seconds));
    headers.put(
        "webhook-signature",
        List.of(how.equals("unknown version") ? signature.replace("v1,", "v2,") : signature));
    if (how.equals("missing")) {
      headers.remove(header);
    }
    String verifier = how.equals("other secret") ? "whsec_AAAA" : secret;
    String body = how.equals("flipped body") ? BODY.replace('7', '8') : BODY;

    assertThatThrownBy(
            () ->
                new Webhook(verifier).verify(body, HttpHeaders.of(headers, (name, value) -> true)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @ParameterizedTest
  @CsvSource({"whsec_not base64!", "whsec_", "whsec_a-b_c", "plain"})
  void takesTheWholeSecretWhereItsRestIsNoBase64(String secret) {
    // The same key for both, so that the HMAC of the same bytes is the same.
    Signer signer = new Signer(secret);
    String hex = signer.document(utf8("id.1.body")).substring("sha256=".length());
    String base64 = signer.standard("id", "1", utf8("body")).substring("v1,".length());
    assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(base64))).isEqualTo(hex);
  }

  @Test
  void givesTheSameSignatureTwiceFromOneSigner() {
    Signer signer = new Signer("secret");
    assertThat(signer.document(utf8("a"))).isEqualTo(signer.document(utf8("a")));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
