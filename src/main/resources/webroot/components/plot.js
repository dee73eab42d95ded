// A plot over time, and the same as a table for those who do not see it.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { current, t } from '../lib/i18n.js';
import { axisTime, compact, moment } from '../lib/format.js';
import { colour, watch } from '../lib/theme.js';
import { Scroll } from './scroll.js';

const HEIGHT = 190;
const DAY_SECONDS = 86_400;

/** Steps of axes: whole ones, as nothing that is counted or timed here has halves. */
const STEPS = Array.from({ length: 14 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const stylesheet = new URL('../vendor/uplot/uPlot.min.css', import.meta.url).href;

/** uPlot is loaded when the first plot is there: the page is readable before. */
async function uPlotWithStyle() {
  if (!document.querySelector(`link[href="${stylesheet}"]`)) {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: stylesheet });
    document.head.append(link);
  }
  return (await import('uplot')).default;
}

/** Of stacked bars the first series is on top: each is drawn as the sum of itself and those below it. */
const stacked = (series) =>
  series.map((_, first) =>
    series[0].values.map((__, at) => series.slice(first).reduce((sum, one) => sum + (one.values[at] ?? 0), 0)),
  );

/** Bars begin at their time, so the last one needs room behind it. */
const rangeOf = (x, bars) => {
  const step = x.length > 1 ? x[1] - x[0] : DAY_SECONDS;
  return [x[0], bars || x.length === 1 ? x.at(-1) + step : x.at(-1)];
};

function options(uPlot, { latest, bars, format, range, width }) {
  const { series } = latest.current;
  const span = range[1] - range[0];
  const axis = {
    stroke: colour('soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1, size: 4 },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { live: true, markers: { width: 0, fill: (u, at) => (at === 0 ? '' : colour(series[at - 1].colour)) } },
    scales: {
      x: { time: true, range: () => range },
      y: { range: (u, low, high) => [0, Math.max(high ?? 0, 1) * 1.08] },
    },
    axes: [
      { ...axis, space: 70, values: (u, splits) => splits.map((at) => axisTime(at, span)) },
      { ...axis, size: 58, space: 36, incrs: STEPS, values: (u, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: t('plot.time'), value: (u, at) => (at ? moment(at * 1_000) : '–') },
      ...series.map((one, number) => ({
        label: one.label,
        stroke: colour(one.colour),
        fill: bars ? colour(one.colour) : undefined,
        width: bars ? 0 : 2,
        dash: one.dash,
        spanGaps: false,
        paths: bars ? uPlot.paths.bars({ size: [0.7, 40], align: 1 }) : undefined,
        points: { show: bars ? false : (u, at) => isLonely(u.data[at]), size: 5 },
        value: (u, value, at, index) => (index === null ? '–' : format(latest.current.series[number].values[index])),
      })),
    ],
  };
}

/** A line of single values shows nothing but its points. */
const isLonely = (values) => values.every((value, at) => value === null || (values[at - 1] ?? values[at + 1]) == null);

/**
 * `x` are seconds; each of `series` has a label, the name of a colour, and as many values. `bars` are stacked.
 */
export function Plot({ title, x, series, bars = false, format = compact }) {
  const place = useRef(null);
  const plot = useRef(null);
  const data = [x, ...(bars ? stacked(series) : series.map((one) => one.values))];
  const latest = useRef(null);
  latest.current = { series };
  const [colours, setColours] = useState(0);
  useEffect(() => watch(() => setColours((old) => old + 1)), []);
  const key = JSON.stringify([current(), colours, series.map((one) => one.label), x[0], x.at(-1)]);

  useEffect(() => {
    let alive = true;
    let stop = () => {};
    uPlotWithStyle().then((uPlot) => {
      if (!alive) return;
      const width = place.current.clientWidth;
      const range = rangeOf(x, bars);
      plot.current = new uPlot(options(uPlot, { latest, bars, format, range, width }), data, place.current);
      const sizes = new ResizeObserver(() =>
        plot.current?.setSize({ width: place.current.clientWidth, height: HEIGHT }),
      );
      sizes.observe(place.current);
      stop = () => sizes.disconnect();
    });
    return () => {
      alive = false;
      stop();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [key]);
  useEffect(() => {
    plot.current?.setData(data);
  });

  return html`<figure class="plot">
    <figcaption>${title}</figcaption>
    <div class=${bars ? 'drawn bars' : 'drawn'} ref=${place} aria-hidden="true"></div>
    <${Values} title=${title} x=${x} series=${series} format=${format} />
  </figure>`;
}

function Values({ title, x, series, format }) {
  const [open, setOpen] = useState(false);
  return html`<details onToggle=${(event) => setOpen(event.target.open)}>
    <summary>${t('plot.table')}</summary>
    ${open
      ? html`<${Scroll} label=${title}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t('plot.time')}</th>
                ${series.map((one) => html`<th scope="col" class="number">${one.label}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${x.map(
                (at, index) => html`<tr>
                  <th scope="row">${moment(at * 1_000)}</th>
                  ${series.map((one) => html`<td class="number">${format(one.values[index])}</td>`)}
                </tr>`,
              )}
            </tbody>
          </table>
        <//>`
      : null}
  </details>`;
}
