// The deliveries of a webhook, the newest first, by every filter that the API has.
import { html, useState } from '../lib/html.js';
import { get, getAll, ofWebhook } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { may, project } from '../lib/session.js';
import { DeliveryFilters } from '../components/delivery-filters.js';
import { DeliveryTable } from '../components/delivery-table.js';
import { Endless, usePages } from '../components/endless.js';
import { Empty, Loaded } from '../components/notes.js';
import { Progress, RedeliverDialog, useNewest } from '../components/redeliver-many.js';
import { Title } from '../components/title.js';

const REFRESH_MILLIS = 5_000;
const PAGE = 50;
const WEBHOOKS_MAX = 2_000;
const FILTERS = ['status', 'event_type', 'start_date', 'end_date'];

function List({ query }) {
  const { webhook_id: id } = query;
  const [since] = useState(Date.now);
  const [asking, setAsking] = useState(false);
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const list = usePages(
    async (cursor, signal) => {
      const page = await get(ofWebhook(id, '/deliveries'), { ...filter, limit: PAGE, cursor }, signal);
      return { items: page.deliveries, next: page.pagination.next_cursor, total: page.total };
    },
    [id, JSON.stringify(filter)],
    REFRESH_MILLIS,
  );
  const newest = useNewest(id);
  const redelivery = newest.data?.newest;
  return html`<div class="title">
      <p role="status">${list.first ? t('deliveries.count', { n: number(list.first.total) }) : ''}</p>
      ${may('manage') && query.status !== 'pending'
        ? html`<button type="button" class="quiet" onClick=${() => setAsking(true)}>${t('redeliver.many')}</button>`
        : null}
    </div>
    ${redelivery
      ? html`<${Progress}
          redelivery=${redelivery}
          since=${since}
          mayCancel=${may('manage')}
          onChanged=${newest.reload}
        />`
      : null}
    ${list.items.length > 0 ? html`<${DeliveryTable} deliveries=${list.items} />` : null}
    ${list.first && list.items.length === 0 ? html`<${Empty}><p>${t('deliveries.none')}</p><//>` : null}
    <${Endless} list=${list} />
    ${asking
      ? html`<${RedeliverDialog} query=${query} onClose=${() => setAsking(false)} onStarted=${newest.reload} />`
      : null}`;
}

export function Page({ query }) {
  const loaded = useLoad(async (signal) => {
    const [webhooks, types] = await Promise.all([
      getAll('api/webhooks', 'webhooks', { project_id: project() }, WEBHOOKS_MAX, signal),
      get('api/event-types', {}, signal),
    ]);
    return { webhooks: webhooks.items, types: types.event_types.map((type) => type.event_type) };
  }, []);
  return html`<${Title} text=${t('nav.deliveries')} />
    <${Loaded} from=${loaded}>
      ${({ webhooks, types }) => {
        if (webhooks.length === 0) return html`<${Empty}><p>${t('webhooks.none')}</p><//>`;
        // The one that delivered last, unless the address names one.
        const last = [...webhooks].sort((one, other) =>
          (other.stats.last_delivery ?? '').localeCompare(one.stats.last_delivery ?? ''),
        )[0];
        const chosen = { ...query, webhook_id: query.webhook_id || last.webhook_id };
        return html`<${DeliveryFilters}
            path="deliveries"
            query=${chosen}
            webhooks=${webhooks}
            types=${[...types, 'test.ping']}
          />
          <${List} query=${chosen} />`;
      }}
    <//>`;
}
