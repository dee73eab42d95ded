// Webhooks that need a look: those that fail most, and those whose circuits are not closed.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { to } from '../lib/router.js';
import { Circuit, When } from './marks.js';
import { Empty } from './notes.js';

const link = (webhook) => html`<a href=${to(`webhooks/${webhook.webhook_id}`)}>${webhook.name}</a>`;

const List = ({ title, items, children }) => html`<div>
  <h3>${title}</h3>
  ${items.length === 0
    ? html`<${Empty}><p>${t('worst.none')}</p><//>`
    : html`<ul class="lines">
        ${items.map((item) => html`<li key=${item.webhook_id}>${children(item)}</li>`)}
      </ul>`}
</div>`;

export const WorstWebhooks = ({ now, past, range }) => html`<section aria-labelledby="worst">
  <h2 id="worst">${t('worst')}</h2>
  <${List} title=${t('worst.now')} items=${now}>
    ${(webhook) => html`<span>${link(webhook)} <${Circuit} state=${webhook.circuit} /></span>
      <span class="number">
        ${t('worst.attempts', { failed: number(webhook.failed_attempts), all: number(webhook.attempts) })}
      </span>`}
  <//>
  <${List} title=${t('worst.past', { range: t(`range.${range}`) })} items=${past}>
    ${(webhook) => html`<span>${link(webhook)} <${Circuit} state=${webhook.circuit} /></span>
      <span class="number">${t('worst.deliveries', { failed: number(webhook.failed_deliveries) })}</span>`}
  <//>
</section>`;

export const OpenCircuits = ({ circuits }) => html`<section aria-labelledby="circuits">
  <h2 id="circuits">${t('circuits')}</h2>
  ${circuits.total === 0
    ? html`<${Empty}><p>${t('circuits.none')}</p><//>`
    : html`<ul class="lines">
        ${circuits.webhooks.map(
          (webhook) => html`<li key=${webhook.webhook_id}>
            <span>${link(webhook)} <${Circuit} state=${webhook.circuit} /></span>
            <span class="soft">
              ${t('circuits.since')} <${When} at=${webhook.opened_at} />
              ${webhook.next_probe_at ? html` · ${t('circuits.probe')} <${When} at=${webhook.next_probe_at} />` : null}
            </span>
          </li>`,
        )}
      </ul>`}
</section>`;
