// Sends a test, and shows what was said on both sides.
import { html, useState } from '../lib/html.js';
import { get, getText, ofWebhook, request } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction, useLoad } from '../lib/hooks.js';
import { memberOf } from '../lib/raw-json.js';
import { Exchange } from './exchange.js';
import { Field, faultsOf } from './field.js';
import { Mark } from './marks.js';
import { ErrorNote } from './notes.js';

const PING = 'test.ping';

function Result({ webhook, result }) {
  const good = result.delivery.status === 'success';
  return html`<div role="status">
      <p><${Mark} kind=${good ? 'good' : 'bad'} text=${t(good ? 'test.accepted' : 'test.refused')} /></p>
    </div>
    <${Exchange}
      webhook=${webhook}
      delivery=${result.delivery}
      attempt=${result.delivery.attempts_log.at(-1)}
      body=${result.body}
    />`;
}

export function TestPanel({ webhook, onTested }) {
  const types = useLoad((signal) => get('api/event-types', {}, signal), []);
  const [type, setType] = useState(PING);
  const [payload, setPayload] = useState('{}');
  const test = useAction(async () => {
    // As it was written: the server says what is wrong with it, and keeps its spelling.
    const body = `{"event_type":${JSON.stringify(type)},"payload":${payload.trim() || '{}'}}`;
    const made = await (await request('POST', ofWebhook(webhook.webhook_id, '/test'), { body })).json();
    const text = await getText(ofWebhook(webhook.webhook_id, `/deliveries/${made.delivery_id}`));
    onTested();
    return { delivery: JSON.parse(text), body: memberOf(text, 'payload') };
  });
  const choose = (chosen) => {
    setType(chosen);
    const known = types.data?.event_types.find((each) => each.event_type === chosen);
    setPayload(known ? JSON.stringify(known.sample.data, null, 2) : '{}');
  };
  const names = [PING, ...(types.data?.event_types ?? []).map((each) => each.event_type)];
  return html`<section aria-labelledby="test">
    <h2 id="test">${t('test.title')}</h2>
    <form
      onSubmit=${(event) => {
        event.preventDefault();
        test.run();
      }}
    >
      <div class="row">
        <label>
          ${t('event')}
          <select value=${type} onChange=${(event) => choose(event.target.value)}>
            ${names.map((name) => html`<option value=${name}>${name}</option>`)}
          </select>
        </label>
        <button type="submit" disabled=${test.busy}>${t('test.do')}</button>
      </div>
      <details>
        <summary>${t('test.data')}</summary>
        <${Field} id="test-payload" label="data" faults=${faultsOf(test.error, 'payload')}>
          ${(tied) => html`<textarea
            ...${tied}
            rows="8"
            spellcheck="false"
            value=${payload}
            onInput=${(event) => setPayload(event.target.value)}
          ></textarea>`}
        <//>
      </details>
    </form>
    ${test.busy ? html`<p role="status">${t('test.waiting')}</p>` : null}
    <${ErrorNote} error=${test.error} />
    ${test.done ? html`<${Result} webhook=${webhook} result=${test.done} />` : null}
  </section>`;
}
