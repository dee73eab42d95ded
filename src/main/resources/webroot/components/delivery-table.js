// Deliveries as lines.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { millis, number } from '../lib/format.js';
import { to } from '../lib/router.js';
import { Status, When, shortId } from './marks.js';
import { Scroll } from './scroll.js';

function Trouble({ delivery }) {
  const next = delivery.status === 'pending' && delivery.next_retry;
  return html`${delivery.error ? html`<span lang="en">${delivery.error}</span>` : null}
  ${next ? html`<span class="under">${t('delivery.next')} <${When} at=${delivery.next_retry} /></span>` : null}`;
}

export const DeliveryTable = ({ deliveries }) => html`<${Scroll} label=${t('nav.deliveries')}>
  <table class="deliveries">
    <thead>
      <tr>
        <th scope="col">${t('delivery')}</th>
        <th scope="col">${t('status')}</th>
        <th scope="col">${t('event')}</th>
        <th scope="col" class="number wide">${t('answer')}</th>
        <th scope="col" class="number wide">${t('time')}</th>
        <th scope="col" class="number wide">${t('attempts')}</th>
        <th scope="col" class="wide">${t('delivery.last')}</th>
        <th scope="col" class="wide">${t('error')}</th>
      </tr>
    </thead>
    <tbody>
      ${deliveries.map(
        (delivery) => html`<tr key=${delivery.delivery_id}>
          <th scope="row">
            <a class="mono" href=${to(`deliveries/${delivery.webhook_id}/${delivery.delivery_id}`)}
              >${shortId(delivery.delivery_id)}</a
            >
          </th>
          <td><${Status} status=${delivery.status} /></td>
          <td>
            ${delivery.event_type}${delivery.test ? html` <span class="soft">${t('test')}</span>` : null}
            <span class="under narrow"><${Trouble} delivery=${delivery} /></span>
          </td>
          <td class="number wide">${delivery.response_code ?? '–'}</td>
          <td class="number wide">${millis(delivery.response_time)}</td>
          <td class="number wide">${number(delivery.attempts)}</td>
          <td class="wide"><${When} at=${delivery.delivered_at} /></td>
          <td class="wrap wide"><${Trouble} delivery=${delivery} /></td>
        </tr>`,
      )}
    </tbody>
  </table>
<//>`;
