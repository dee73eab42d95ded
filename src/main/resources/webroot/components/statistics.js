// A webhook's statistics: what it got and how fast it answered, by time and by event type.
import { html, useState } from '../lib/html.js';
import { get, ofWebhook } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { compact, millis, number, percent } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Choice } from './choice.js';
import { Figure, Figures } from './figures.js';
import { Empty, Loaded } from './notes.js';
import { Plot } from './plot.js';
import { Scroll } from './scroll.js';

const REFRESH_MILLIS = 30_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Each range with the period of its buckets and their length. */
const RANGES = {
  '24h': { period: 'hour', step: HOUR },
  '7d': { period: 'day', step: DAY },
  '30d': { period: 'day', step: DAY, days: 30 },
};
const MEMBERS = { hour: 'hourly_stats', day: 'daily_stats' };

/** All buckets of the range: those without deliveries are absent in the answer. */
function filled(stats, { period, step }) {
  const given = new Map(stats[MEMBERS[period]].map((bucket) => [Date.parse(bucket.date) / 1_000, bucket]));
  const x = [];
  const end = Date.parse(stats.end_date) / 1_000;
  for (let at = Date.parse(stats.start_date) / 1_000; at <= end; at += step) x.push(at);
  const of = (member, absent) => x.map((at) => given.get(at)?.[member] ?? absent);
  return { x, of };
}

function EventTypes({ list }) {
  const highest = Math.max(1, ...list.map((type) => type.total_deliveries));
  return html`<h3>${t('stats.types')}</h3>
    <${Scroll} label=${t('stats.types')}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t('event')}</th>
            <th scope="col" class="wide"><span class="unseen">${t('stats.share')}</span></th>
            <th scope="col" class="number">${t('plot.delivered')}</th>
            <th scope="col" class="number">${t('plot.failed')}</th>
            <th scope="col" class="number">${t('now.success')}</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            (type) => html`<tr key=${type.event_type}>
              <th scope="row">${type.event_type}</th>
              <td class="wide">
                <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="good" width=${(type.successful_deliveries / highest) * 100} height="8" />
                  <rect
                    class="bad"
                    x=${(type.successful_deliveries / highest) * 100}
                    width=${(type.failed_deliveries / highest) * 100}
                    height="8"
                  />
                </svg>
              </td>
              <td class="number">${number(type.successful_deliveries)}</td>
              <td class="number">${number(type.failed_deliveries)}</td>
              <td class="number">${percent(type.success_rate)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    <//>`;
}

function Shown({ stats, range }) {
  const overall = stats.overall_stats;
  const { x, of } = filled(stats, RANGES[range]);
  if (overall.successful_deliveries + overall.failed_deliveries === 0) {
    return html`<${Empty}><p>${t('stats.none')}</p><//>`;
  }
  return html`<${Figures}>
      <${Figure} name=${t('plot.delivered')} value=${number(overall.successful_deliveries)} />
      <${Figure} name=${t('plot.failed')} value=${number(overall.failed_deliveries)} />
      <${Figure} name=${t('stats.median')} value=${millis(overall.median_response_time)} />
      <${Figure} name="p95" value=${millis(overall.p95_response_time)} />
    <//>
    <div class="plots">
      <${Plot}
        key=${`counts ${range}`}
        title=${t('stats.counts')}
        x=${x}
        bars
        format=${compact}
        series=${[
          { label: t('plot.failed'), colour: 'bad', values: of('failed_deliveries', 0) },
          { label: t('plot.delivered'), colour: 'good', values: of('successful_deliveries', 0) },
        ]}
      />
      <${Plot}
        key=${`times ${range}`}
        title=${t('plot.times')}
        x=${x}
        format=${millis}
        series=${[
          { label: t('stats.median'), colour: 'accent', values: of('median_response_time', null) },
          { label: 'p95', colour: 'wait', values: of('p95_response_time', null), dash: [7, 4] },
        ]}
      />
    </div>
    <${EventTypes} list=${stats.event_type_stats} />`;
}

export function Statistics({ id }) {
  const [range, setRange] = useState('24h');
  const stats = useLoad(
    (signal) => {
      const { period, days } = RANGES[range];
      const start = days ? new Date(Date.now() - (days - 1) * DAY * 1_000).toISOString().slice(0, 10) : null;
      return get(ofWebhook(id, '/stats'), { period, start_date: start, percentiles: true }, signal).then((answer) => ({ answer, range }));
    },
    [id, range],
    { every: REFRESH_MILLIS, keep: true },
  );
  return html`<section aria-labelledby="statistics">
    <div class="title">
      <h2 id="statistics">${t('stats')}</h2>
      <${Choice}
        label=${t('range')}
        value=${range}
        onChoose=${setRange}
        options=${Object.keys(RANGES).map((each) => [each, t(`range.${each}`)])}
      />
    </div>
    <${Loaded} from=${stats}>${(data) => html`<${Shown} stats=${data.answer} range=${data.range} />`}<//>
  </section>`;
}
