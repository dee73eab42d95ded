// Deliveries as they happen.
import { html, useRef, useState } from '../lib/html.js';
import { get, getAll } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad, useStream } from '../lib/hooks.js';
import { project } from '../lib/session.js';
import { DeliveryFilters } from '../components/delivery-filters.js';
import { Icon } from '../components/icon.js';
import { LiveMark } from '../components/live-mark.js';
import { Empty } from '../components/notes.js';
import { TailTable } from '../components/tail-table.js';
import { Title } from '../components/title.js';

const SHOWN_MAX = 300;
const DRAW_MILLIS = 150;
const WEBHOOKS_MAX = 2_000;

/** Keeps the newest entries, drawn a few times a second however many come; while paused they wait, up to a bound. */
function useEntries() {
  const [shown, setShown] = useState([]);
  const [paused, setPaused] = useState(false);
  const [waitingCount, setWaitingCount] = useState(0);
  const [dropped, setDropped] = useState(0);
  const state = useRef({ waiting: [], count: 0, timer: null, paused: false, serial: 0 }).current;

  const draw = () => {
    state.timer = null;
    if (state.paused) {
      setWaitingCount(state.count);
      return;
    }
    const { waiting } = state;
    state.waiting = [];
    state.count = 0;
    setWaitingCount(0);
    setShown((old) => [...waiting.reverse(), ...old].slice(0, SHOWN_MAX));
  };
  const take = (entry) => {
    state.waiting.push({ ...entry, serial: ++state.serial });
    state.count++;
    if (state.waiting.length > SHOWN_MAX) state.waiting.shift();
    state.timer ??= setTimeout(draw, DRAW_MILLIS);
  };
  const pause = (wanted) => {
    state.paused = wanted;
    setPaused(wanted);
    if (!wanted) draw();
  };
  return {
    shown,
    paused,
    waitingCount,
    dropped,
    take,
    pause,
    drop: (count) => setDropped((old) => old + count),
    clear: () => setShown([]),
  };
}

export function Page({ query }) {
  const entries = useEntries();
  const known = useLoad(async (signal) => {
    const [webhooks, types] = await Promise.all([
      getAll('api/webhooks', 'webhooks', { project_id: project() }, WEBHOOKS_MAX, signal),
      get('api/event-types', {}, signal),
    ]);
    return { webhooks: webhooks.items, types: types.event_types.map((type) => type.event_type) };
  }, []);
  const stream = useStream(
    'api/deliveries/stream',
    { webhook_id: query.webhook_id, event_type: query.event_type, status: query.status },
    (name, data) => {
      if (name === 'dropped') entries.drop(data.dropped);
      else if (name === 'delivery' && (project() === '' || data.project_id === project())) entries.take(data);
    },
  );
  return html`<${Title} text=${t('nav.tail')}>
      <${LiveMark} stream=${stream} />
      <button
        type="button"
        class="quiet"
        aria-pressed=${entries.paused}
        onClick=${() => entries.pause(!entries.paused)}
      >
        <${Icon} name=${entries.paused ? 'play' : 'pause'} />${entries.paused
          ? t('tail.resume', { n: number(entries.waitingCount) })
          : t('tail.pause')}
      </button>
      <button type="button" class="quiet" onClick=${entries.clear}>${t('tail.clear')}</button>
    <//>
    <${DeliveryFilters}
      path="tail"
      query=${query}
      webhooks=${known.data?.webhooks ?? []}
      types=${known.data?.types ?? []}
      dates=${false}
      anyWebhook
    />
    ${entries.dropped > 0 ? html`<p class="note wait">${t('tail.dropped', { n: number(entries.dropped) })}</p>` : null}
    ${entries.shown.length === 0
      ? html`<${Empty}><p>${t('tail.none')}</p><//>`
      : html`<${TailTable} entries=${entries.shown} />`}`;
}
