// The whole service at a glance: what happens this second, and over the last hour, day, week or month.
import { html, useEffect, useState } from '../lib/html.js';
import { get } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { compact, duration, millis, number, percent } from '../lib/format.js';
import { useLoad, useStream } from '../lib/hooks.js';
import { project } from '../lib/session.js';
import { Choice } from '../components/choice.js';
import { Figure, Figures } from '../components/figures.js';
import { Loaded } from '../components/notes.js';
import { Plot } from '../components/plot.js';
import { Title } from '../components/title.js';
import { LiveMark } from '../components/live-mark.js';
import { OpenCircuits, WorstWebhooks } from '../components/troubled.js';
import { Welcome } from '../components/welcome.js';

const REFRESH_MILLIS = 5_000;
const RANGES = ['1h', '24h', '7d', '30d'];

/** Rates are unknown to a key or a view of one project; pending may be unknown for a moment. */
function Now({ moment, overview }) {
  const pending = moment?.pending_deliveries ?? overview.pending_deliveries;
  const oldest = moment ? moment.oldest_pending_seconds : overview.oldest_pending_seconds;
  const open = moment ? moment.open_circuits : overview.open_circuits.total;
  return html`<${Figures}>
    ${project() === ''
      ? html`<${Figure} name=${t('now.events')} value=${number(moment?.events_per_second)} more=${t('per.second')} />`
      : null}
    <${Figure} name=${t('now.deliveries')} value=${number(moment?.deliveries_per_second)} more=${t('per.second')} />
    <${Figure} name=${t('now.success')} value=${percent(moment?.success_rate)} more=${t('now.window')} />
    <${Figure}
      name=${t('now.times')}
      value=${millis(moment?.p50_response_time)}
      more=${`p95 ${millis(moment?.p95_response_time)} · p99 ${millis(moment?.p99_response_time)}`}
    />
    <${Figure}
      name=${t('now.pending')}
      value=${number(pending)}
      more=${pending > 0 && oldest !== null ? t('now.oldest', { age: duration(oldest) }) : null}
    />
    <${Figure} name=${t('now.circuits')} value=${number(open)} kind=${open > 0 ? 'bad' : null} />
  <//>`;
}

function Plots({ overview }) {
  const x = overview.buckets.map((bucket) => Date.parse(bucket.date) / 1_000);
  const of = (member) => overview.buckets.map((bucket) => bucket[member]);
  return html`<div class="plots">
    <${Plot}
      title=${t('plot.deliveries', { every: duration(overview.bucket_seconds) })}
      x=${x}
      format=${compact}
      series=${[
        { label: t('plot.events'), colour: 'accent', values: of('events') },
        { label: t('plot.delivered'), colour: 'good', values: of('delivered'), dash: [7, 4] },
        { label: t('plot.failed'), colour: 'bad', values: of('failed'), dash: [2, 3] },
      ]}
    />
    <${Plot}
      title=${t('plot.times')}
      x=${x}
      format=${millis}
      series=${[
        { label: 'p50', colour: 'accent', values: of('p50_response_time') },
        { label: 'p95', colour: 'wait', values: of('p95_response_time'), dash: [7, 4] },
        { label: 'p99', colour: 'bad', values: of('p99_response_time'), dash: [2, 3] },
      ]}
    />
  </div>`;
}

/** The range until now, and who needs a look. */
const Past = ({ overview, moment, range, onRange }) => html`<section aria-labelledby="past">
      <div class="title">
        <h2 id="past">${t('overview.past')}</h2>
        <${Choice}
          label=${t('range')}
          value=${range}
          onChoose=${onRange}
          options=${RANGES.map((each) => [each, t(`range.${each}`)])}
        />
      </div>
      <${Figures}>
        <${Figure} name=${t('plot.events')} value=${number(overview.total.events)} />
        <${Figure} name=${t('plot.delivered')} value=${number(overview.total.delivered)} />
        <${Figure} name=${t('plot.failed')} value=${number(overview.total.failed)} />
        <${Figure} name=${t('now.success')} value=${percent(overview.total.success_rate)} />
      <//>
      <${Plots} overview=${overview} />
    </section>
    <div class="columns">
      <${WorstWebhooks} now=${moment?.worst_webhooks ?? []} past=${overview.worst_webhooks} range=${range} />
      <${OpenCircuits} circuits=${overview.open_circuits} />
    </div>
`;

export function Page() {
  const [range, setRange] = useState('1h');
  const [moment, setMoment] = useState(null);
  const of = { project_id: project() };
  const overview = useLoad((signal) => get('api/overview', { ...of, range }, signal), [range], {
    every: REFRESH_MILLIS,
    keep: true,
  });
  // Whether there is any webhook yet: of none, there is nothing to show but how to begin.
  const webhooks = useLoad((signal) => get('api/webhooks', { ...of, limit: 1 }, signal), [], { every: REFRESH_MILLIS });
  const stream = useStream('api/overview/stream', of, (name, data) => name === 'overview' && setMoment(data));

  useEffect(() => {
    // A circuit has opened or closed: the list of them is not to wait for its time.
    if (moment && overview.data && moment.open_circuits !== overview.data.open_circuits.total) overview.reload();
  }, [moment?.open_circuits]);

  const isNew = webhooks.data?.total === 0 && overview.data?.total.events === 0;
  return html`<${Title} text=${t('nav.overview')}><${LiveMark} stream=${stream} /><//>
    <${Loaded} from=${overview}>
      ${(figures) => html`
        ${isNew ? html`<${Welcome} />` : null}
        <${Now} moment=${moment} overview=${figures} />
        ${isNew ? null : html`<${Past} overview=${figures} moment=${moment} range=${range} onRange=${setRange} />`}
      `}
    <//>`;
}
