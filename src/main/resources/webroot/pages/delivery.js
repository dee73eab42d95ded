// One delivery: where it is, every attempt, and what was said on both sides.
import { html, useState } from '../lib/html.js';
import { get, getText, ofWebhook, post } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction, useLoad, useNow } from '../lib/hooks.js';
import { memberOf } from '../lib/raw-json.js';
import { go, to } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Exchange } from '../components/exchange.js';
import { Explanation } from '../components/explanation.js';
import { When, shortId } from '../components/marks.js';
import { Empty, ErrorNote, Loaded } from '../components/notes.js';
import { Attempts, TimeAxis } from '../components/time-axis.js';
import { Title } from '../components/title.js';

const REFRESH_MILLIS = 2_000;

function Redeliver({ delivery }) {
  const again = useAction(async () => {
    const path = ofWebhook(delivery.webhook_id, `/deliveries/${delivery.delivery_id}/redeliver`);
    const made = await post(path);
    go(`deliveries/${delivery.webhook_id}/${made.delivery_id}`);
  });
  return html`<button type="button" disabled=${again.busy} onClick=${() => again.run()}>${t('redeliver')}</button>
    <${ErrorNote} error=${again.error} />`;
}

function Whole({ found }) {
  const { delivery, trace, webhook, body } = found;
  const now = useNow();
  const attempts = delivery.attempts_log;
  const [chosen, setChosen] = useState(null);
  const at = chosen ?? attempts.length - 1;
  return html`<section aria-label=${t('state')}>
      <${Explanation} trace=${trace} now=${now} />
      <dl class="facts">
        <dt>${t('event')}</dt>
        <dd>
          ${delivery.event_type} <a class="mono" href=${to('why', { id: delivery.event_id })}>${delivery.event_id}</a>
        </dd>
        <dt>${t('webhook')}</dt>
        <dd><a href=${to(`webhooks/${webhook.webhook_id}`)}>${webhook.name}</a></dd>
        <dt>${t('accepted')}</dt>
        <dd><${When} at=${trace.created_at} /></dd>
        <dt>Id</dt>
        <dd class="mono">${delivery.delivery_id}</dd>
      </dl>
    </section>
    <section aria-labelledby="attempts">
      <h2 id="attempts">${t('attempts')}</h2>
      <${TimeAxis} trace=${trace} attempts=${attempts} now=${now} />
      ${attempts.length === 0
        ? html`<${Empty}><p>${t('attempts.none')}</p><//>`
        : html`<${Attempts} attempts=${attempts} chosen=${at} onChoose=${setChosen} />`}
    </section>
    <section aria-label=${t('exchange')}>
      <${Exchange} webhook=${webhook} delivery=${delivery} attempt=${attempts[at]} body=${body} />
    </section>`;
}

export function Page({ parts: [, webhookId, deliveryId] }) {
  const path = ofWebhook(webhookId, `/deliveries/${encodeURIComponent(deliveryId)}`);
  const [ended, setEnded] = useState(false);
  const loaded = useLoad(
    async (signal) => {
      const [text, trace, webhook] = await Promise.all([
        getText(path, signal),
        get(`api/deliveries/${encodeURIComponent(deliveryId)}/explain`, {}, signal),
        get(ofWebhook(webhookId), {}, signal),
      ]);
      const delivery = JSON.parse(text);
      if (delivery.status !== 'pending') setEnded(true);
      const raw = memberOf(text, 'payload');
      return { delivery, trace, webhook, body: raw === 'null' ? null : raw };
    },
    [deliveryId],
    { every: ended ? 0 : REFRESH_MILLIS },
  );
  const delivery = loaded.data?.delivery;
  return html`<${Title}
      text=${`${t('delivery')} ${shortId(deliveryId)}`}
      up=${[`deliveries?webhook_id=${webhookId}`, t('nav.deliveries')]}
    >
      ${delivery && delivery.status !== 'pending' && !delivery.test && may('manage')
        ? html`<${Redeliver} delivery=${delivery} />`
        : null}
    <//>
    <${Loaded} from=${loaded}>${(found) => html`<${Whole} found=${found} />`}<//>`;
}
