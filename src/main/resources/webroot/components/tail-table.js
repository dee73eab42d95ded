// Attempts as they were recorded, the newest on top.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { clock, millis } from '../lib/format.js';
import { to } from '../lib/router.js';
import { Status, When } from './marks.js';
import { Scroll } from './scroll.js';

export const TailTable = ({ entries }) => html`<${Scroll} label=${t('nav.tail')}>
  <table class="tail">
    <thead>
      <tr>
        <th scope="col">${t('tail.at')}</th>
        <th scope="col">${t('status')}</th>
        <th scope="col">${t('event')}</th>
        <th scope="col" class="wide">${t('webhook')}</th>
        <th scope="col" class="number wide">${t('attempt')}</th>
        <th scope="col" class="number wide">${t('answer')}</th>
        <th scope="col" class="number wide">${t('time')}</th>
        <th scope="col" class="wide">${t('error')}</th>
      </tr>
    </thead>
    <tbody>
      ${entries.map(
        (entry) => html`<tr key=${entry.serial}>
          <th scope="row">
            <a class="mono" href=${to(`deliveries/${entry.webhook_id}/${entry.delivery_id}`)}
              >${clock(entry.ended_at)}</a
            >
          </th>
          <td><${Status} status=${entry.status} /></td>
          <td>
            ${entry.event_type}
            <span class="under narrow">
              ${entry.webhook_name} ${entry.error ? html`<span lang="en">${entry.error}</span>` : null}
            </span>
          </td>
          <td class="wide">${entry.webhook_name}</td>
          <td class="number wide">${entry.probe ? t('phase.probe') : entry.attempt}</td>
          <td class="number wide">${entry.response_code ?? '–'}</td>
          <td class="number wide">${millis(entry.response_time)}</td>
          <td class="wrap wide">
            ${entry.error ? html`<span lang="en">${entry.error}</span>` : null}
            ${entry.next_retry
              ? html`<span class="under">${t('delivery.next')} <${When} at=${entry.next_retry} /></span>`
              : null}
          </td>
        </tr>`,
      )}
    </tbody>
  </table>
<//>`;
