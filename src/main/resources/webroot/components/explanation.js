// Where a delivery is, what holds it back, and what comes next and when.
import { html } from '../lib/html.js';
import { current, t } from '../lib/i18n.js';
import { duration, moment, number } from '../lib/format.js';
import { to } from '../lib/router.js';
import { Status, shortId } from './marks.js';

/** The service's sentence where it is in the language of the reader, else ours. */
export const sentence = (key, message, values) => (current() === 'en' ? message : t(key, values));

function Until({ at, now }) {
  if (!at) return null;
  const left = (Date.parse(at) - now) / 1_000;
  return html` <time datetime=${at} title=${moment(at)} class="soft">
    ${left > 0 ? t('in', { span: duration(Math.ceil(left)) }) : t('any.moment')}
  </time>`;
}

const Links = ({ trace, ids, name }) =>
  ids.length === 0
    ? null
    : html`<dt>${name}</dt>
        <dd>
          ${ids.map(
            (id) => html`<a class="mono" href=${to(`deliveries/${trace.webhook_id}/${id}`)}>${shortId(id)}</a>${' '}`,
          )}
        </dd>`;

export function Explanation({ trace, now }) {
  // What the headline says already is not said again.
  const blocks = trace.blocked_by.length === 1 && trace.blocked_by[0].code === trace.reason ? [] : trace.blocked_by;
  return html`<div class="explanation ${trace.state}">
    <p class="headline">
      <${Status} status=${trace.status} />
      <strong>${sentence(`reason.${trace.reason}`, trace.message)}</strong>
    </p>
    <dl class="facts">
      ${blocks.length === 0
        ? null
        : html`<dt>${t('explain.blocked')}</dt>
            <dd>
              <ul>
                ${blocks.map(
                  (block) => html`<li key=${block.code}>
                    ${sentence(`reason.${block.code}`, block.message)}<${Until} at=${block.until} now=${now} />
                  </li>`,
                )}
              </ul>
            </dd>`}
      <dt>${t('explain.next')}</dt>
      <dd>${sentence(`next.${trace.next.action}`, trace.next.message)}<${Until} at=${trace.next.at} now=${now} /></dd>
      ${trace.queue
        ? html`<dt>${t('explain.queue')}</dt>
            <dd>
              ${t(trace.queue.ahead_exact ? 'queue.ahead' : 'queue.morethan', {
                ahead: number(trace.queue.ahead),
                flight: number(trace.queue.in_flight),
                window: number(trace.queue.concurrency),
              })}
            </dd>`
        : null}
      <dt>${t('attempts')}</dt>
      <dd>${t('explain.attempts', { made: number(trace.attempts), max: number(trace.max_attempts) })}</dd>
      ${trace.expires_at
        ? html`<dt>${t('explain.expires')}</dt><dd>${moment(trace.expires_at)}</dd>`
        : null}
      <${Links} trace=${trace} ids=${trace.redelivery_of ? [trace.redelivery_of] : []} name=${t('explain.of')} />
      <${Links} trace=${trace} ids=${trace.redelivered_as} name=${t('explain.as')} />
    </dl>
  </div>`;
}
