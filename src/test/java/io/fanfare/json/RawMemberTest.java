package io.fanfare.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawMemberTest {
  @Test
  void takesAnObjectOutAsTheBytesItCameIn() throws Exception {
    RawMember.Taken taken =
        take("{\"a\":\"é\", \"payload\" : { \"n\":1E2, \"e\":1e99999999999 } ,\"b\":2}");

    assertThat(taken.object()).map(Object::toString).contains("{ \"n\":1E2, \"e\":1e99999999999 }");
    assertThat(new String(taken.rest(), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":\"é\", \"payload\" : {} ,\"b\":2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":{\"payload\":{}}}",
        "{\"payload\":[{}]}",
        "{\"payload\":null}",
        "{\"payload\":\"{}\"}",
        "[]"
      })
  void leavesADocumentWithoutThatObjectAsItIs(String document) throws Exception {
    RawMember.Taken taken = take(document);

    assertThat(taken.object()).isEmpty();
    assertThat(new String(taken.rest(), StandardCharsets.UTF_8)).isEqualTo(document);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"payload\":{},\"payload\":{}}",
        "{\"payload\":{\"a\":1,\"a\":2}}",
        "{\"payload\":{\"a\":NaN}}",
        "{\"payload\":{}} x",
        "{\"payload\":{}",
        ""
      })
  void refusesWhatIsNoStrictJson(String document) {
    assertThatThrownBy(
            () -> {
              RawMember.Taken taken = take(document);
              StrictJson.tree(taken.rest());
            })
        .isInstanceOf(InvalidJsonException.class);
  }

  private static RawMember.Taken take(String document) throws InvalidJsonException {
    return RawMember.takeObject(document.getBytes(StandardCharsets.UTF_8), "payload");
  }
}
