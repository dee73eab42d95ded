// What the database takes of the disk, by day, and for how long the disk lasts.
import { html } from '../lib/html.js';
import { get } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { bytes, number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Figure, Figures } from '../components/figures.js';
import { Empty, Loaded } from '../components/notes.js';
import { Plot } from '../components/plot.js';
import { Title } from '../components/title.js';

const REFRESH_MILLIS = 60_000;
const DAY_MILLIS = 86_400_000;
const DAYS_MIN = 7;
const KIND = { fits: 'good', fills: 'bad', external: 'wait', unknown: 'wait' };

/** At least a week, so that one day does not fill the picture; days that are not kept have no size. */
function padded(days) {
  const first = Date.parse(days[0].date);
  const missing = Math.max(0, DAYS_MIN - days.length);
  const before = Array.from({ length: missing }, (_, at) => ({
    date: new Date(first - (missing - at) * DAY_MILLIS).toISOString(),
  }));
  return [...before, ...days];
}

function Days({ days: kept }) {
  if (kept.length === 0) return html`<${Empty}><p>${t('storage.none')}</p><//>`;
  const days = padded(kept);
  const of = (member) => days.map((day) => day[member] ?? 0);
  return html`<div class="plots one">
    <${Plot}
      title=${t('storage.days')}
      x=${days.map((day) => Date.parse(day.date) / 1_000)}
      bars
      format=${bytes}
      series=${[
        { label: t('storage.attempts'), colour: 'wait', values: of('attempt_bytes') },
        { label: t('storage.deliveries'), colour: 'good', values: of('delivery_bytes') },
        { label: t('storage.events'), colour: 'accent', values: of('event_bytes') },
      ]}
    />
  </div>`;
}

/** A size, where it is known. */
const known = (name, value, more = null) =>
  value === null ? null : html`<${Figure} name=${t(name)} value=${bytes(value)} more=${more} />`;

export function Page() {
  const storage = useLoad((signal) => get('api/storage', {}, signal), [], { every: REFRESH_MILLIS });
  return html`<${Title} text=${t('nav.storage')} />
    <${Loaded} from=${storage}>
      ${(found) => html`<section aria-label=${t('nav.storage')}>
        <p class="note ${KIND[found.outlook]}">
          ${t(`outlook.${found.outlook}`, { days: number(Math.floor(found.days_until_full ?? 0)) })}
        </p>
        <${Figures}>
          <${Figure} name=${t('storage.database')} value=${bytes(found.database_bytes)} />
          <${Figure}
            name=${t('storage.retention')}
            value=${t('storage.retention.days', { n: number(found.retention_days) })}
          />
          ${known('storage.growth', found.growth_bytes_per_day, t('per.day'))}
          ${known('storage.expected', found.expected_bytes)} ${known('storage.free', found.free_bytes)}
          ${found.days_until_full === null
            ? null
            : html`<${Figure}
                name=${t('storage.full')}
                value=${number(Math.floor(found.days_until_full))}
                kind="bad"
              />`}
        <//>
        <${Days} days=${found.days} />
      </section>`}
    <//>`;
}
