package io.fanfare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Every library names a licence that allows what is done with it here, as its POM in the local
 * repository says, or that of its parent.
 */
class LicencesTest {
  private static final List<Pattern> ALLOWED =
      List.of(
          Pattern.compile("(?i).*apache.*2.*"),
          Pattern.compile("(?i)(the )?MIT( license)?"),
          Pattern.compile("(?i)0BSD|BSD.*"),
          Pattern.compile("(?i)EPL-2.0|eclipse public license.*v ?2.*"),
          Pattern.compile("(?i)public domain.*"));
  private static final int PARENTS_MAX = 8;

  // Each that comes here needs a reason. JMH runs micro-benchmarks and axe-core looks at pages in
  // tests; neither is in anything that is passed on.
  private static final Set<String> EXCEPTIONS =
      Set.of("jmh-core", "jmh-generator-annprocess", "axe-core");

  @Test
  void everyLibraryNamesAnAllowedOne() throws Exception {
    Map<String, List<String>> refused = new TreeMap<>();
    int libraries = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path version = Path.of(entry).toAbsolutePath().getParent();
      if (!entry.endsWith(".jar") || version == null) {
        continue;
      }
      Path artifact = version.getParent();
      Path pom = version.resolve(artifact.getFileName() + "-" + version.getFileName() + ".pom");
      if (!Files.exists(pom)) {
        // Surefire's own, which is not from the repository.
        continue;
      }
      libraries++;
      List<String> licences = licences(pom, 0);
      if (licences.stream().noneMatch(LicencesTest::isAllowed)
          && !EXCEPTIONS.contains(artifact.getFileName().toString())) {
        refused.put(artifact.getFileName().toString(), licences);
      }
    }
    assertThat(libraries).as("libraries with a POM").isGreaterThan(50);
    assertThat(refused).isEmpty();
  }

  private static boolean isAllowed(String licence) {
    return ALLOWED.stream().anyMatch(pattern -> pattern.matcher(licence).matches());
  }

  private static List<String> licences(Path pom, int parents) throws Exception {
    List<String> names = new ArrayList<>();
    if (!Files.exists(pom) || parents > PARENTS_MAX) {
      return names;
    }
    Element project = parse(pom);
    NodeList licences = project.getElementsByTagName("license");
    for (int i = 0; i < licences.getLength(); i++) {
      names.add(text((Element) licences.item(i), "name"));
    }
    NodeList parent = project.getElementsByTagName("parent");
    if (!names.isEmpty() || parent.getLength() == 0) {
      return names;
    }
    Element of = (Element) parent.item(0);
    String artifact = text(of, "artifactId");
    String version = text(of, "version");
    Path file =
        repository(pom)
            .resolve(text(of, "groupId").replace('.', '/'))
            .resolve(artifact)
            .resolve(version)
            .resolve(artifact + "-" + version + ".pom");
    return licences(file, parents + 1);
  }

  /** The root of the local repository, above the folders of the group, artifact and version. */
  private static Path repository(Path pom) {
    Path folder = pom;
    while (folder.getParent() != null && !folder.getFileName().toString().equals("repository")) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static Element parse(Path pom) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    try {
      return factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
    } catch (IOException e) {
      throw new IOException("cannot read " + pom, e);
    }
  }

  private static String text(Element element, String name) {
    NodeList found = element.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }
}
