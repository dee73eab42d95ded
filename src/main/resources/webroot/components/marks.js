// States as a drawing and a word, so that no colour has to be seen.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { moment, relative } from '../lib/format.js';
import { Icon } from './icon.js';

export const Mark = ({ kind, text, title }) =>
  html`<span class="mark ${kind}" title=${title}><${Icon} name=${kind} />${text}</span>`;

const OF_STATUS = { success: 'good', failed: 'bad', pending: 'wait' };

export const Status = ({ status }) => html`<${Mark} kind=${OF_STATUS[status]} text=${t(`status.${status}`)} />`;

const OF_CIRCUIT = { closed: 'good', open: 'bad', half_open: 'wait' };

export function Circuit({ state, failures = 0, probeAt = null }) {
  const title = [
    failures > 0 ? t('circuit.failures', { n: failures }) : null,
    probeAt ? t('circuit.probe', { at: moment(probeAt) }) : null,
  ]
    .filter(Boolean)
    .join(' · ');
  return html`<${Mark} kind=${OF_CIRCUIT[state]} text=${t(`circuit.${state}`)} title=${title || null} />`;
}

export function Active({ webhook }) {
  if (webhook.active) return html`<${Mark} kind="good" text=${t('webhook.active')} />`;
  const { disabled_reason: reason } = webhook;
  return html`<${Mark} kind="off" text=${reason ? t('webhook.inactive.for', { reason }) : t('webhook.inactive')} />`;
}

/** A moment as a distance from now; exactly when is told on hover, and to programs. */
export function When({ at }) {
  if (!at) return '–';
  return html`<time datetime=${at} title=${moment(at)}>${relative(at)}</time>`;
}

/** The short form of an id: what differs from its neighbours. */
export const shortId = (id) => `…${id.slice(-8)}`;
