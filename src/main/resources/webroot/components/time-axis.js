// A delivery on a time axis: when it was accepted, each attempt for as long as the answer took, and what comes next.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { clock, millis } from '../lib/format.js';
import { Mark } from './marks.js';

const WIDTH = 1_000;

/** What happened, in order: each with its beginning and end in milliseconds. */
function phases(trace, attempts, now) {
  const list = [];
  let end = Date.parse(trace.created_at);
  for (const attempt of attempts) {
    const start = Date.parse(attempt.started_at);
    if (start > end) list.push({ kind: list.length === 0 ? 'queued' : 'backoff', from: end, to: start });
    end = start + (attempt.response_time ?? 0);
    list.push({ kind: attempt.error === null ? 'good' : 'bad', from: start, to: end, attempt });
  }
  if (trace.status === 'pending') {
    const next = trace.next.at ? Math.max(now, Date.parse(trace.next.at)) : now;
    list.push({ kind: trace.state === 'in_flight' ? 'flight' : 'backoff', from: end, to: next });
  }
  return list;
}

function said({ kind, from, to, attempt }) {
  if (!attempt) return `${t(`phase.${kind}`)}: ${millis(to - from)}`;
  const answer = attempt.error ?? String(attempt.response_code);
  return `${attempt.probe ? t('phase.probe') : t('phase.attempt', { n: attempt.attempt })}: ${answer}`;
}

export function TimeAxis({ trace, attempts, now }) {
  const all = phases(trace, attempts.filter((attempt) => attempt.started_at !== null), now);
  if (all.length === 0) return null;
  const start = Date.parse(trace.created_at);
  const span = Math.max(1, all.at(-1).to - start);
  const x = (at) => ((at - start) / span) * WIDTH;
  return html`<div class="axis">
    <svg viewBox="0 0 ${WIDTH} 34" preserveAspectRatio="none" aria-hidden="true">
      <path class="ground" d="M0 17H${WIDTH}" />
      ${all.map(
        (phase) => html`<rect
          class=${phase.kind}
          x=${Math.min(x(phase.from), WIDTH - 5)}
          width=${Math.max(phase.attempt ? 5 : 0, x(phase.to) - x(phase.from))}
          y=${phase.attempt ? 3 : 13}
          height=${phase.attempt ? 28 : 8}
        >
          <title>${said(phase)}</title>
        </rect>`,
      )}
      ${trace.status === 'pending'
        ? html`<path class="now" d="M${Math.min(WIDTH - 3, x(now))} 0V34"><title>${t('now')}</title></path>`
        : null}
    </svg>
    <p class="ends soft"><span>${clock(trace.created_at)}</span><span>+ ${millis(span)}</span></p>
  </div>`;
}

/** The same in words, with a button for each attempt to be looked at. */
export function Attempts({ attempts, chosen, onChoose }) {
  return html`<ol class="attempts">
    ${attempts.map(
      (attempt, at) => html`<li key=${at}>
        <button type="button" class="line" aria-pressed=${at === chosen} onClick=${() => onChoose(at)}>
          <span>
            ${attempt.probe ? t('phase.probe') : t('phase.attempt', { n: attempt.attempt })}
            <span class="under">${attempt.started_at ? clock(attempt.started_at) : ''}</span>
          </span>
          <${Mark}
            kind=${attempt.error === null ? 'good' : 'bad'}
            text=${attempt.response_code === null ? t('exchange.noanswer') : String(attempt.response_code)}
          />
          <span class="grow" lang="en">${attempt.error ?? ''}</span>
          <span class="number">${millis(attempt.response_time)}</span>
        </button>
      </li>`,
    )}
  </ol>`;
}
