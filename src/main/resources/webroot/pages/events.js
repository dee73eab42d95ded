// What was published, the newest first.
import { html } from '../lib/html.js';
import { get } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { replace, to } from '../lib/router.js';
import { may, project } from '../lib/session.js';
import { Endless, usePages } from '../components/endless.js';
import { EventTable } from '../components/event-table.js';
import { Empty } from '../components/notes.js';
import { Title } from '../components/title.js';

const REFRESH_MILLIS = 5_000;
const PAGE = 50;

export function Page({ query }) {
  const types = useLoad((signal) => get('api/event-types', {}, signal), []);
  const list = usePages(
    async (cursor, signal) => {
      const filter = { event_type: query.event_type, project_id: project(), limit: PAGE, cursor };
      const page = await get('api/events', filter, signal);
      return { items: page.events, next: page.pagination.next_cursor, total: page.total };
    },
    [query.event_type],
    REFRESH_MILLIS,
  );
  return html`<${Title} text=${t('nav.events')}>
      ${may('publish') ? html`<a class="button" href=${to('events/new')}>${t('publish')}</a>` : null}
    <//>
    <form class="filters" onSubmit=${(event) => event.preventDefault()}>
      <label>
        ${t('event.type')}
        <select
          value=${query.event_type ?? ''}
          onChange=${(event) => replace('events', { event_type: event.target.value })}
        >
          <option value="">${t('filter.all')}</option>
          ${(types.data?.event_types ?? []).map(
            ({ event_type: type }) => html`<option value=${type}>${type}</option>`,
          )}
        </select>
      </label>
    </form>
    <p role="status" class="soft">${list.first ? t('events.count', { n: number(list.first.total) }) : ''}</p>
    ${list.items.length > 0 ? html`<${EventTable} events=${list.items} />` : null}
    ${list.first && list.items.length === 0 ? html`<${Empty}><p>${t('events.none')}</p><//>` : null}
    <${Endless} list=${list} />`;
}
