// Events as lines; each leads to what became of it.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { to } from '../lib/router.js';
import { When, shortId } from './marks.js';
import { Scroll } from './scroll.js';

export const EventTable = ({ events }) => html`<${Scroll} label=${t('nav.events')}>
  <table>
    <thead>
      <tr>
        <th scope="col">${t('event')}</th>
        <th scope="col">${t('event.type')}</th>
        <th scope="col" class="wide">${t('project')}</th>
        <th scope="col" class="number">${t('nav.deliveries')}</th>
        <th scope="col">${t('accepted')}</th>
      </tr>
    </thead>
    <tbody>
      ${events.map(
        (event) => html`<tr key=${event.event_id}>
          <th scope="row"><a class="mono" href=${to('why', { id: event.event_id })}>${shortId(event.event_id)}</a></th>
          <td>${event.event}</td>
          <td class="wide">${event.project_id ?? '–'}</td>
          <td class="number">${number(event.deliveries)}</td>
          <td><${When} at=${event.created_at} /></td>
        </tr>`,
      )}
    </tbody>
  </table>
<//>`;
