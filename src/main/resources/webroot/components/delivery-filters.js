// Every filter that the API has for deliveries; what is chosen is in the address.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { replace } from '../lib/router.js';

/** A moment in UTC as a field for local times has it, and back. */
const local = (iso) => {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const utc = (text) => (text ? new Date(text).toISOString() : '');

export function DeliveryFilters({ path, query, webhooks, types, dates = true, anyWebhook = false }) {
  const change = (member, of = (value) => value) => (event) =>
    replace(path, { ...query, [member]: of(event.target.value) });
  return html`<form class="filters" onSubmit=${(event) => event.preventDefault()}>
    <label>
      ${t('webhook')}
      <select value=${query.webhook_id ?? ''} onChange=${change('webhook_id')}>
        ${anyWebhook ? html`<option value="">${t('filter.all')}</option>` : null}
        ${webhooks.map((webhook) => html`<option value=${webhook.webhook_id}>${webhook.name}</option>`)}
      </select>
    </label>
    <label>
      ${t('status')}
      <select value=${query.status ?? ''} onChange=${change('status')}>
        <option value="">${t('filter.all')}</option>
        ${['success', 'failed', 'pending'].map(
          (status) => html`<option value=${status}>${t(`status.${status}`)}</option>`,
        )}
      </select>
    </label>
    <label>
      ${t('event')}
      <select value=${query.event_type ?? ''} onChange=${change('event_type')}>
        <option value="">${t('filter.all')}</option>
        ${types.map((type) => html`<option value=${type}>${type}</option>`)}
      </select>
    </label>
    ${dates
      ? html`<label>
            ${t('filter.from')}
            <input type="datetime-local" value=${local(query.start_date)} onChange=${change('start_date', utc)} />
          </label>
          <label>
            ${t('filter.until')}
            <input type="datetime-local" value=${local(query.end_date)} onChange=${change('end_date', utc)} />
          </label>`
      : null}
  </form>`;
}
