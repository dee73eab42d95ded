package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What holds for every URL that is admitted. */
class TargetUrlPropertyTest {
  private final NetworkPolicy strict = new NetworkPolicy(List.of(), true, () -> 8080);

  @Provide
  Arbitrary<String> urls() {
    Arbitrary<String> scheme = Arbitraries.of("http://", "https://", "HTTP://", "Https://");
    Arbitrary<String> label =
        Arbitraries.strings().withChars("abcXYZ019-ü").ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> name =
        label.list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
    Arbitrary<String> host =
        Arbitraries.oneOf(
            name,
            Arbitraries.integers()
                .between(0, 256)
                .list()
                .ofSize(4)
                .map(
                    parts ->
                        parts.get(0)
                            + "."
                            + parts.get(1)
                            + "."
                            + parts.get(2)
                            + "."
                            + parts.get(3)),
            Arbitraries.strings()
                .withChars("0123456789abcdefABCDEF:.")
                .ofMinLength(2)
                .ofMaxLength(39)
                .map(text -> "[" + text + "]"),
            Arbitraries.of("[2606:4700:4700::1111]", "[2A00:1450::200E]", "8.8.8.8"));
    Arbitrary<String> port =
        Arbitraries.oneOf(
            Arbitraries.just(""), Arbitraries.integers().between(0, 70_000).map(n -> ":" + n));
    Arbitrary<String> rest =
        Arbitraries.strings()
            .withCharRange('!', '~')
            .withChars(' ', '\r', 'ä')
            .ofMaxLength(12)
            .map(text -> text.isEmpty() || "/?".indexOf(text.charAt(0)) >= 0 ? text : "/" + text);
    return Combinators.combine(scheme, host, port, rest).as((a, b, c, d) -> a + b + c + d);
  }

  @Property
  void isTheSameWhenItIsWrittenDownAndReadAgain(@ForAll("urls") String url)
      throws TargetUrl.RefusedException {
    Optional<TargetUrl> admitted = admit(url);
    Statistics.label("admitted")
        .collect(admitted.isPresent())
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 5));
    if (admitted.isPresent()) {
      TargetUrl target = admitted.get();
      String again =
          (target.https() ? "https://" : "http://") + target.hostHeader() + target.pathAndQuery();
      TargetUrl read = TargetUrl.admit(again, strict);
      assertThat(read.host()).isEqualTo(target.host());
      assertThat(read.literal()).isEqualTo(target.literal());
      assertThat(read.port()).isEqualTo(target.port());
      assertThat(read.https()).isEqualTo(target.https());
      assertThat(read.pathAndQuery()).isEqualTo(target.pathAndQuery());
      assertThat(read.hostHeader()).isEqualTo(target.hostHeader());
    }
  }

  @Property
  void hasNothingInItThatCouldEndALineOfTheRequest(@ForAll("urls") String url) {
    admit(url)
        .ifPresent(
            target -> {
              assertThat(target.hostHeader()).matches("[a-z0-9.:\\[\\]-]+");
              assertThat(target.pathAndQuery()).matches("/[!-~]*");
            });
  }

  @Property
  void anyTextIsAdmittedOrRefusedAndNothingElse(@ForAll String text) {
    for (String url : List.of(text, "http://" + text, "https://[" + text + "]/")) {
      assertThatCode(() -> admit(url)).doesNotThrowAnyException();
    }
  }

  private Optional<TargetUrl> admit(String url) {
    try {
      return Optional.of(TargetUrl.admit(url, strict));
    } catch (TargetUrl.RefusedException refused) {
      return Optional.empty();
    }
  }
}
