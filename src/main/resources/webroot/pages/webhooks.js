// All webhooks: who is there, how each of them is, and how the last day was.
import { html, useState } from '../lib/html.js';
import { getAll } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number, percent } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { replace, to } from '../lib/router.js';
import { may, project } from '../lib/session.js';
import { Active, Circuit, When } from '../components/marks.js';
import { DayOf } from '../components/day-of.js';
import { Empty, Loaded } from '../components/notes.js';
import { Scroll } from '../components/scroll.js';
import { SortHeader, sorted } from '../components/sort-header.js';
import { Title } from '../components/title.js';

const WEBHOOKS_MAX = 2_000;
const SHOWN_AT_ONCE = 50;
const REFRESH_MILLIS = 10_000;
const MANY = 100;
const MANY_REFRESH_MILLIS = 60_000;

/** What each column is sorted by. */
const COLUMNS = {
  name: (webhook) => webhook.name.toLowerCase(),
  circuit: (webhook) => ['closed', 'half_open', 'open'].indexOf(webhook.circuit.state),
  pending: (webhook) => webhook.stats.pending_deliveries,
  failed: (webhook) => webhook.stats.failed_deliveries,
  rate: (webhook) => webhook.stats.success_rate,
  last: (webhook) => webhook.stats.last_delivery ?? '',
  created: (webhook) => webhook.created_at,
};

function matches(webhook, { text = '', state = '' }) {
  if (state === 'active' && !webhook.active) return false;
  if (state === 'inactive' && webhook.active) return false;
  if (state === 'open' && webhook.circuit.state === 'closed') return false;
  const where = [webhook.name, webhook.url, webhook.project_id ?? '', webhook.webhook_id, ...webhook.events];
  return where.join(' ').toLowerCase().includes(text.toLowerCase());
}

function Filters({ query }) {
  const change = (member) => (event) => replace('webhooks', { ...query, [member]: event.target.value });
  return html`<form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
    <label>
      ${t('filter.text')}
      <input type="search" value=${query.text ?? ''} spellcheck="false" onInput=${change('text')} />
    </label>
    <label>
      ${t('filter.state')}
      <select value=${query.state ?? ''} onChange=${change('state')}>
        ${['', 'active', 'inactive', 'open'].map(
          (state) => html`<option value=${state}>${t(`filter.state.${state || 'all'}`)}</option>`,
        )}
      </select>
    </label>
  </form>`;
}

const Row = ({ webhook }) => html`<tr>
  <th scope="row" class="wrap">
    <a href=${to(`webhooks/${webhook.webhook_id}`)}>${webhook.name}</a>
    <span class="under">${webhook.url}</span>
    <span class="under narrow"><${Active} webhook=${webhook} /> <${Circuit} state=${webhook.circuit.state} /></span>
  </th>
  <td class="wide"><${Active} webhook=${webhook} /></td>
  <td class="wide">
    <${Circuit}
      state=${webhook.circuit.state}
      failures=${webhook.circuit.consecutive_failures}
      probeAt=${webhook.circuit.next_probe_at}
    />
  </td>
  <td><${DayOf} id=${webhook.webhook_id} /></td>
  <td class="number wide">${number(webhook.stats.pending_deliveries)}</td>
  <td class="number wide">${number(webhook.stats.failed_deliveries)}</td>
  <td class="number">${percent(webhook.stats.success_rate)}</td>
  <td class="wide"><${When} at=${webhook.stats.last_delivery} /></td>
</tr>`;

function Table({ webhooks, query }) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const { sort = 'created', order = 'desc' } = query;
  const list = sorted(webhooks.filter((webhook) => matches(webhook, query)), COLUMNS[sort] ?? COLUMNS.created, order);
  const header = (column, name, kind) => html`<${SortHeader}
    column=${column}
    name=${name}
    kind=${kind}
    sort=${sort}
    order=${order}
    onSort=${(by) => replace('webhooks', { ...query, ...by })}
  />`;
  if (list.length === 0) return html`<${Empty}><p>${t('webhooks.nomatch')}</p><//>`;
  return html`<${Scroll} label=${t('nav.webhooks')}>
      <table>
        <thead>
          <tr>
            ${header('name', t('webhook'))}
            <th scope="col" class="wide">${t('state')}</th>
            ${header('circuit', t('circuit'), 'wide')}
            <th scope="col">${t('day')}</th>
            ${header('pending', t('now.pending'), 'number wide')} ${header('failed', t('plot.failed'), 'number wide')}
            ${header('rate', t('now.success'), 'number')} ${header('last', t('webhook.last'), 'wide')}
          </tr>
        </thead>
        <tbody>
          ${list.slice(0, shown).map((webhook) => html`<${Row} key=${webhook.webhook_id} webhook=${webhook} />`)}
        </tbody>
      </table>
    <//>
    ${list.length > shown
      ? html`<button type="button" class="quiet" onClick=${() => setShown(shown + SHOWN_AT_ONCE)}>
          ${t('do.more', { n: number(list.length - shown) })}
        </button>`
      : null}`;
}

export function Page({ query }) {
  const [many, setMany] = useState(false);
  const list = useLoad(
    async (signal) => {
      const all = await getAll('api/webhooks', 'webhooks', { project_id: project() }, WEBHOOKS_MAX, signal);
      setMany(all.items.length > MANY);
      return all;
    },
    [],
    { every: many ? MANY_REFRESH_MILLIS : REFRESH_MILLIS },
  );
  return html`<${Title} text=${t('nav.webhooks')}>
      ${may('manage') ? html`<a class="button" href=${to('webhooks/new')}>${t('webhooks.new')}</a>` : null}
    <//>
    <${Filters} query=${query} />
    <${Loaded} from=${list}>
      ${({ items, complete }) =>
        items.length === 0
          ? html`<${Empty}><p>${t('webhooks.none')}</p><//>`
          : html`<${Table} webhooks=${items} query=${query} />
              ${complete ? null : html`<p class="soft">${t('webhooks.many', { n: number(WEBHOOKS_MAX) })}</p>`}`}
    <//>`;
}
