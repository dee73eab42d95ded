// "Why did this not arrive?" One question, by the id of an event or of a delivery.
import { html, useRef, useState } from '../lib/html.js';
import { get } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad, useNow } from '../lib/hooks.js';
import { replace, to } from '../lib/router.js';
import { Choice } from '../components/choice.js';
import { Endless, usePages } from '../components/endless.js';
import { EventTable } from '../components/event-table.js';
import { Explanation, sentence } from '../components/explanation.js';
import { Mark, When } from '../components/marks.js';
import { Empty, Loaded } from '../components/notes.js';
import { TimeAxis } from '../components/time-axis.js';
import { Title } from '../components/title.js';
import { project } from '../lib/session.js';

const REFRESH_MILLIS = 3_000;
const encoded = encodeURIComponent;

const Where = ({ trace, now }) => html`<${Explanation} trace=${trace} now=${now} />
  <${TimeAxis} trace=${trace} attempts=${trace.attempts_log} now=${now} />
  <p><a href=${to(`deliveries/${trace.webhook_id}/${trace.delivery_id}`)}>${t('why.delivery')}</a></p>`;

function OfDelivery({ id }) {
  const now = useNow();
  const trace = useLoad((signal) => get(`api/deliveries/${encoded(id)}/explain`, {}, signal), [id], {
    every: REFRESH_MILLIS,
  });
  return html`<${Loaded} from=${trace}>
    ${(found) => html`<section aria-labelledby="found">
      <h2 id="found">${found.event_type} → ${found.webhook_name}</h2>
      <${Where} trace=${found} now=${now} />
      <p><a href=${to('why', { id: found.event_id })}>${t('why.others')}</a></p>
    </section>`}
  <//>`;
}

const Webhook = ({ match, now }) => html`<section aria-label=${match.name}>
  <h3>
    <a href=${to(`webhooks/${match.webhook_id}`)}>${match.name}</a>
    <${Mark} kind=${match.match === 'matched' ? 'good' : 'off'} text=${t(`match.${match.match}`)} />
  </h3>
  ${match.match === 'matched'
    ? match.delivery === null
      ? html`<p>${t('why.notkept')}</p>`
      : html`<${Where} trace=${match.delivery} now=${now} />`
    : html`<p>${sentence(`match.${match.match}.why`, match.message, { events: match.events.join(', ') })}</p>`}
</section>`;

function OfEvent({ id }) {
  const now = useNow();
  const [match, setMatch] = useState('');
  const list = usePages(
    async (cursor, signal) => {
      const page = await get(`api/events/${encoded(id)}/explain`, { match, cursor }, signal);
      return { items: page.webhooks, next: page.pagination.next_cursor, event: page };
    },
    [id, match],
    REFRESH_MILLIS,
  );
  const event = list.first?.event;
  const of = event?.project_id ? `, ${t('project')} ${event.project_id}` : '';
  const kinds = event ? Object.entries(event.counts).filter(([, count]) => count > 0) : [];
  return html`${event
      ? html`<section aria-labelledby="found">
          <h2 id="found">${event.event}</h2>
          <p>
            ${t('accepted')} <${When} at=${event.created_at} />${of}.
            ${' '}<strong>${t('why.matched', { n: number(event.counts.matched) })}</strong>
          </p>
          ${kinds.length > 1
            ? html`<${Choice}
                label=${t('why.kinds')}
                value=${match}
                onChoose=${setMatch}
                options=${[
                  ['', t('filter.all')],
                  ...kinds.map(([kind, count]) => [kind, `${t(`match.${kind}`)} ${number(count)}`]),
                ]}
              />`
            : null}
        </section>`
      : null}
    ${event && list.items.length === 0 ? html`<${Empty}><p>${t('why.nobody')}</p><//>` : null}
    ${list.items.map((found) => html`<${Webhook} key=${found.webhook_id} match=${found} now=${now} />`)}
    <${Endless} list=${list} />`;
}

/** Nothing is asked yet: the newest events to choose from. */
function Newest() {
  const list = useLoad((signal) => get('api/events', { limit: 10, project_id: project() }, signal), [], {
    every: REFRESH_MILLIS,
  });
  return html`<section aria-labelledby="newest">
    <h2 id="newest">${t('why.newest')}</h2>
    <${Loaded} from=${list}>
      ${({ events }) =>
        events.length === 0
          ? html`<${Empty}><p>${t('events.none')}</p><//>`
          : html`<${EventTable} events=${events} />`}
    <//>
  </section>`;
}

function Answer({ id }) {
  if (id.startsWith('event_')) return html`<${OfEvent} key=${id} id=${id} />`;
  if (id.startsWith('del_')) return html`<${OfDelivery} key=${id} id=${id} />`;
  return html`<p class="note bad" role="alert">${t('why.noid')}</p>`;
}

export function Page({ query }) {
  const field = useRef(null);
  const id = query.id ?? '';
  return html`<${Title} text=${t('why.title')} />
    <form
      class="sheet"
      role="search"
      onSubmit=${(event) => {
        event.preventDefault();
        replace('why', { id: field.current.value.trim() });
      }}
    >
      <label for="why-id">${t('why.id')}</label>
      <div class="row">
        <input
          id="why-id"
          key=${id}
          ref=${field}
          defaultValue=${id}
          placeholder="event_… / del_…"
          spellcheck="false"
          autocomplete="off"
        />
        <button type="submit">${t('why.ask')}</button>
      </div>
    </form>
    ${id === '' ? html`<${Newest} />` : html`<${Answer} id=${id} />`}`;
}
