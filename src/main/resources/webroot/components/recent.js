// The newest deliveries of a webhook.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { millis, number } from '../lib/format.js';
import { to } from '../lib/router.js';
import { Status, When, shortId } from './marks.js';
import { Empty } from './notes.js';
import { Scroll } from './scroll.js';

export function Recent({ webhook }) {
  const id = webhook.webhook_id;
  const list = webhook.recent_deliveries;
  return html`<section aria-labelledby="recent">
    <div class="title">
      <h2 id="recent">${t('recent')}</h2>
      <a href=${to('deliveries', { webhook_id: id })}>${t('recent.all')}</a>
    </div>
    ${list.length === 0
      ? html`<${Empty}><p>${t('recent.none')}</p><//>`
      : html`<${Scroll} label=${t('recent')}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t('delivery')}</th>
                <th scope="col">${t('event')}</th>
                <th scope="col">${t('status')}</th>
                <th scope="col" class="number wide">${t('answer')}</th>
                <th scope="col" class="number wide">${t('time')}</th>
                <th scope="col" class="number wide">${t('attempts')}</th>
                <th scope="col" class="wide">${t('delivery.last')}</th>
              </tr>
            </thead>
            <tbody>
              ${list.map(
                (delivery) => html`<tr key=${delivery.delivery_id}>
                  <th scope="row">
                    <a class="mono" href=${to(`deliveries/${id}/${delivery.delivery_id}`)}
                      >${shortId(delivery.delivery_id)}</a
                    >
                  </th>
                  <td>${delivery.event_type}${delivery.test ? html` <span class="soft">${t('test')}</span>` : null}</td>
                  <td><${Status} status=${delivery.status} /></td>
                  <td class="number wide">${delivery.response_code ?? '–'}</td>
                  <td class="number wide">${millis(delivery.response_time)}</td>
                  <td class="number wide">${number(delivery.attempts)}</td>
                  <td class="wide"><${When} at=${delivery.delivered_at} /></td>
                </tr>`,
              )}
            </tbody>
          </table>
        <//>`}
  </section>`;
}
