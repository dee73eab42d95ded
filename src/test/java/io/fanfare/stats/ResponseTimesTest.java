package io.fanfare.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ResponseTimesTest {
  @Property
  void percentilesAreWithinOnePercentOfTheNearestRank(
      @ForAll @Size(min = 1, max = 60) int[] anyValues,
      @ForAll @IntRange(min = 1, max = 100) int p) {
    int[] values = Arrays.stream(anyValues).map(v -> (v & 0x7fffffff) % 130_000).toArray();
    assertPercentile(values, p);
  }

  @Test
  void percentilesAreWithinOnePercentOverManyOrdinaryValues() {
    Random random = new Random(7);
    int[] values = random.doubles(20_000).mapToInt(x -> (int) Math.pow(10, 5 * x)).toArray();
    for (int p : new int[] {1, 25, 50, 75, 90, 95, 99, 100}) {
      assertPercentile(values, p);
    }
  }

  @Test
  void aFewSmallValuesAreExact() {
    ResponseTimes times = ResponseTimes.empty();
    for (int value : new int[] {0, 1, 2, 3, 49}) {
      times.add(value);
    }

    assertThat(times.percentile(50)).hasValue(2);
    assertThat(times.percentile(95)).hasValue(49);
    assertThat(times.percentile(20)).hasValue(0);
  }

  @Test
  void theMedianOfTwoIsTheSmallerOne() {
    ResponseTimes times = ResponseTimes.empty();
    times.add(10);
    times.add(30);

    assertThat(times.percentile(50)).hasValue(10);
    assertThat(times.percentile(51)).hasValue(30);
  }

  @Test
  void nothingHasNoPercentileAndTakesNoRoom() {
    assertThat(ResponseTimes.empty().percentile(50)).isEmpty();
    assertThat(ResponseTimes.empty().encode()).isEmpty();
    assertThat(ResponseTimes.decode(new byte[0]).count()).isZero();
  }

  @Property
  void mergingWhatWasWrittenIsAddingAll(
      @ForAll @Size(max = 40) int[] anyValues, @ForAll @IntRange(max = 40) int anyCut) {
    int[] values = Arrays.stream(anyValues).map(v -> (v & 0x7fffffff) % 130_000).toArray();
    int cut = Math.min(anyCut, values.length);
    ResponseTimes all = ResponseTimes.empty();
    ResponseTimes first = ResponseTimes.empty();
    ResponseTimes second = ResponseTimes.empty();
    for (int i = 0; i < values.length; i++) {
      all.add(values[i]);
      (i < cut ? first : second).add(values[i]);
    }

    ResponseTimes merged = ResponseTimes.decode(first.encode());
    merged.merge(second.encode());

    assertThat(merged.count()).isEqualTo(all.count());
    for (int p = 1; p <= 100; p++) {
      assertThat(merged.percentile(p)).isEqualTo(all.percentile(p));
    }
  }

  private static void assertPercentile(int[] values, int p) {
    ResponseTimes times = ResponseTimes.empty();
    Arrays.stream(values).forEach(times::add);
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    int exact = sorted[(int) Math.ceil(p * sorted.length / 100.0) - 1];

    double found = times.percentile(p).orElseThrow();

    assertThat(found).isCloseTo(exact, within(exact * 0.01));
  }
}
