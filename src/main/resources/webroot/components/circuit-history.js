// When a webhook's circuit opened and closed: a line over the last day, and the changes in words.
import { html } from '../lib/html.js';
import { get, ofWebhook } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Circuit, When } from './marks.js';
import { Empty, Loaded } from './notes.js';

const DAY_MILLIS = 86_400_000;
const REFRESH_MILLIS = 15_000;
const WIDTH = 1_000;
const SEEN = 6; // units of the drawing that are wide enough to be seen
const SHOWN = 8;

/** Spans of one state each within the last day, the oldest first. */
function spans(changes, now) {
  const start = now - DAY_MILLIS;
  const oldestFirst = [...changes].reverse();
  const before = oldestFirst.filter((change) => Date.parse(change.at) < start).at(-1);
  const list = [{ from: start, state: before?.state ?? 'closed' }];
  for (const change of oldestFirst) {
    const at = Date.parse(change.at);
    if (at >= start) list.push({ from: at, state: change.state });
  }
  return list.map((span, index) => ({ ...span, to: list[index + 1]?.from ?? now }));
}

function Line({ changes }) {
  const now = Date.now();
  const x = (at) => ((at - (now - DAY_MILLIS)) / DAY_MILLIS) * WIDTH;
  return html`<svg class="circuit-line" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none" aria-hidden="true">
      ${spans(changes, now).map(
        ({ from, to, state }) => html`<rect
          class=${state}
          x=${Math.min(x(from), WIDTH - SEEN)}
          width=${Math.max(state === 'closed' ? 0 : SEEN, x(to) - x(from))}
          y=${state === 'closed' ? 9 : 0}
          height=${state === 'closed' ? 6 : 24}
        />`,
      )}
    </svg>
    <p class="ends soft"><span>${t('circuit.dayago')}</span><span>${t('now')}</span></p>`;
}

export function CircuitHistory({ id, state }) {
  const list = useLoad((signal) => get(ofWebhook(id, '/circuit-changes'), { limit: 100 }, signal), [id, state], {
    every: REFRESH_MILLIS,
    keep: true,
  });
  return html`<section aria-labelledby="circuit-history">
    <h2 id="circuit-history">${t('circuit.history')}</h2>
    <${Loaded} from=${list}>
      ${({ circuit_changes: changes, total }) =>
        changes.length === 0
          ? html`<${Empty}><p>${t('circuit.never')}</p><//>`
          : html`<${Line} changes=${changes} />
              <ul class="lines">
                ${changes.slice(0, SHOWN).map(
                  (change) => html`<li key=${change.at}>
                    <${Circuit} state=${change.state} />
                    <span class="soft">
                      ${change.state === 'closed'
                        ? null
                        : t('circuit.failures', { n: number(change.consecutive_failures) })}
                    </span>
                    <${When} at=${change.at} />
                  </li>`,
                )}
              </ul>
              ${total > SHOWN ? html`<p class="soft">${t('circuit.all', { n: number(total) })}</p>` : null}`}
    <//>
  </section>`;
}
