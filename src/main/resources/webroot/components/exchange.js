// One attempt whole: the request as it was sent, and the answer.
import { html, useEffect, useState } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { millis } from '../lib/format.js';
import { sentHeaders } from '../lib/sent-headers.js';
import { Mark } from './marks.js';
import { Payload } from './payload.js';

const Headers = ({ pairs, label }) => html`<dl class="headers" aria-label=${label}>
  ${pairs.map(
    ([name, value]) => html`<div>
      <dt>${name}</dt>
      <dd>${value === null ? html`<span class="soft">${t('exchange.hidden')}</span>` : String(value)}</dd>
    </div>`,
  )}
</dl>`;

/** A name that came more than once has an array. */
const answered = (headers) =>
  Object.entries(headers ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));

function Answer({ attempt }) {
  const failed = attempt.error !== null;
  return html`<div>
    <h3>${t('exchange.answer')}</h3>
    <p>
      <${Mark}
        kind=${failed ? 'bad' : 'good'}
        text=${attempt.response_code === null ? t('exchange.noanswer') : String(attempt.response_code)}
      />
      ${' '}${attempt.response_time === null ? null : millis(attempt.response_time)}
      ${failed ? html` <span lang="en">${attempt.error}</span>` : null}
    </p>
    ${attempt.response_code === null
      ? null
      : html`<${Headers} pairs=${answered(attempt.response_headers)} label=${t('exchange.answer.headers')} />
          <${Payload} text=${attempt.response_body} label=${t('exchange.answer.body')} />`}
  </div>`;
}

/** `body` is the payload as it was sent; null where its event is not kept any more. */
export function Exchange({ webhook, delivery, attempt, body }) {
  const [headers, setHeaders] = useState([]);
  useEffect(() => {
    let wanted = true;
    if (attempt?.started_at && body !== null) {
      sentHeaders(webhook, delivery, attempt.started_at, body).then((pairs) => wanted && setHeaders(pairs));
    }
    return () => {
      wanted = false;
    };
  }, [delivery.delivery_id, attempt?.started_at, webhook.updated_at, body]);
  return html`<div class="exchange">
    <div>
      <h3>${t('exchange.request')}</h3>
      <p class="mono">POST ${webhook.url}</p>
      ${headers.length > 0
        ? html`<${Headers} pairs=${headers} label=${t('exchange.request.headers')} />
            <p class="hint">${t('exchange.computed')}</p>`
        : null}
      ${body === null
        ? html`<p class="soft">${t('exchange.notkept')}</p>`
        : html`<${Payload} text=${body} label=${t('payload')} />`}
    </div>
    ${attempt ? html`<${Answer} attempt=${attempt} />` : null}
  </div>`;
}
