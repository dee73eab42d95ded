package io.fanfare.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"\\ud800\":1}",
        "{\"\\uDFFF\":1}",
        "{\"a\\ud800b\" : 1}",
        "{\"\\ud800\\ud800\\udc00\":1}",
        "{\"\\udc00\\ud800\":1}",
        "{\"\\ud800\":1,\"\\ud801\":2}",
        "{\"a\":{\"\\\\\\ud800\":[{\"\\ud83d\\ude00\":\"\\ud800\"}]}}"
      })
  void takesNamesWithLoneSurrogates(String text) throws Exception {
    assertThat(StrictJson.tree(utf8(text)).size()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"\\ud800\":1,\"\\uD800\":2}",
        "{\"\\ud80\":1}",
        "{\"\\ud80x\":1}",
        "{\"\\ud800",
        "{\"\\ud800\\",
        "{\"\\ud800\"",
        "{\"\\ud800\":",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"\\u0062\":2}}"
      })
  void refusesNamesThatAreNoneOrStandTwice(String text) {
    assertThatThrownBy(() -> StrictJson.tree(utf8(text))).isInstanceOf(InvalidJsonException.class);
  }

  @Test
  void leavesPairsAndValuesAsTheyAre() throws Exception {
    JsonNode tree = StrictJson.tree(utf8("{\"\\ud800\":\"\\ud800\",\"\\ud83d\\ude00\":1}"));

    assertThat(tree.has("😀")).isTrue();
    assertThat(tree.get(0)).isNull();
    assertThat(tree.elements().next().textValue()).isEqualTo("\ud800");
  }

  @Test
  void refusesAnExponentThatNoNumberOfItsCanHold() {
    assertThatThrownBy(() -> StrictJson.tree(utf8("{\"a\":1e99999999999}")))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("exponent");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
