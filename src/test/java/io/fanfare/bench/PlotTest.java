package io.fanfare.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** What is drawn has the proportions of what was measured, and is well-formed. */
class PlotTest {
  @Test
  void partsOfABarStandEndToEnd() throws Exception {
    Document svg =
        parse(Plot.stacked("a & b", List.of("<one>", "two"), Map.of("row", new double[] {30, 10})));
    // The first two are the legend's.
    Element one = (Element) svg.getElementsByTagName("rect").item(2);
    Element two = (Element) svg.getElementsByTagName("rect").item(3);
    assertThat(width(one)).isEqualTo(3 * width(two));
    assertThat(number(two, "x")).isEqualTo(number(one, "x") + width(one));
    assertThat(svg.getDocumentElement().getTextContent()).contains("a & b", "<one>", "40.0");
  }

  @Test
  void groupedBarsShareAScale() throws Exception {
    Document svg =
        parse(
            Plot.grouped(
                "t", List.of("one"), Map.of("x", new double[] {50}, "y", new double[] {100})));
    double first = width((Element) svg.getElementsByTagName("rect").item(1));
    double second = width((Element) svg.getElementsByTagName("rect").item(2));
    assertThat(Math.max(first, second)).isEqualTo(2 * Math.min(first, second));
  }

  @Test
  void tenTimesAsMuchIsOneStepHigher() throws Exception {
    Document svg =
        parse(Plot.lines("t", List.of("p50", "p99"), Map.of("s", new double[] {1, 100})));
    String points = ((Element) svg.getElementsByTagName("polyline").item(0)).getAttribute("points");
    assertThat(points.trim()).isEqualTo("90.0,364.0 720.0,64.0");
    assertThat(svg.getElementsByTagName("path").getLength()).isEqualTo(3);
  }

  private static double width(Element element) {
    return number(element, "width");
  }

  private static double number(Element element, String name) {
    return Double.parseDouble(element.getAttribute(name));
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
