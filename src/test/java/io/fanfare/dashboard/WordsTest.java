package io.fanfare.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every word is there in every language. */
class WordsTest {
  private static final Pattern PLACE = Pattern.compile("\\{\\w+}");
  private static final Pattern USE = Pattern.compile("\\bt\\(([^()]*(?:\\([^()]*\\)[^()]*)*)");
  private static final Pattern KEY = Pattern.compile("'([a-z0-9_]+(?:\\.[a-z0-9_]+)*)'");
  private static final Pattern FAMILY = Pattern.compile("^`([a-z0-9_.]+)\\$\\{");

  @Test
  void everyLanguageHasTheSameKeysWithTheSamePlaces() throws IOException {
    Words en = Words.of("en");
    Words zh = Words.of("zh");
    assertThat(en.all()).hasSizeGreaterThan(200);
    assertThat(zh.all().keySet()).containsExactlyElementsOf(en.all().keySet());
    for (String key : en.all().keySet()) {
      assertThat(places(zh.get(key))).as(key).isEqualTo(places(en.get(key)));
      assertThat(zh.get(key)).as(key).isNotBlank();
    }
  }

  @Test
  void everyKeyThatIsUsedIsKnown() throws IOException {
    Words en = Words.of("en");
    for (Path module : modules()) {
      Matcher uses = USE.matcher(Files.readString(module));
      while (uses.find()) {
        String all = uses.group(1);
        String argument = all.substring(0, (all + ",").indexOf(','));
        Matcher family = FAMILY.matcher(argument);
        if (family.find()) {
          assertThat(en.all().keySet())
              .as("%s: %s", module, argument)
              .anyMatch(key -> key.startsWith(family.group(1)));
        }
        if (argument.startsWith("'") || argument.contains("? '")) {
          Matcher keys = KEY.matcher(argument);
          while (keys.find()) {
            assertThat(en.all()).as(module.toString()).containsKey(keys.group(1));
          }
        }
      }
    }
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> files = Files.walk(Words.WEBROOT)) {
      return files.filter(file -> file.toString().endsWith(".js")).toList();
    }
  }

  private static Set<String> places(String words) {
    Set<String> places = new TreeSet<>();
    Matcher found = PLACE.matcher(words);
    while (found.find()) {
      places.add(found.group());
    }
    return places;
  }
}
