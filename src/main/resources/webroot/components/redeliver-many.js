// Redelivers all that a filter leaves: counts first, asks, and shows how far it is.
import { html, useState } from '../lib/html.js';
import { get, ofWebhook, post, remove } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useAction, useLoad } from '../lib/hooks.js';
import { Dialog } from './dialog.js';
import { Field } from './field.js';
import { ErrorNote, Loaded } from './notes.js';

const PROGRESS_MILLIS = 700;
const IDLE_MILLIS = 10_000;

/** The newest redelivery of many of a webhook, read often while it runs. */
export function useNewest(webhookId) {
  const [running, setRunning] = useState(false);
  return useLoad(
    async (signal) => {
      const { redeliveries } = await get(ofWebhook(webhookId, '/redeliveries'), { limit: 1 }, signal);
      const newest = redeliveries[0] ?? null;
      setRunning(newest?.state === 'running');
      return { newest };
    },
    [webhookId],
    { every: running ? PROGRESS_MILLIS : IDLE_MILLIS, keep: true },
  );
}

/** How far it is, and how it ended; `since` leaves out what ended before this page was opened. */
export function Progress({ redelivery, mayCancel, since, onChanged }) {
  const cancel = useAction(async () => {
    await remove(ofWebhook(redelivery.webhook_id, `/redeliveries/${redelivery.redelivery_id}`));
    onChanged();
  });
  const running = redelivery.state === 'running';
  if (!running && Date.parse(redelivery.created_at) < since) return null;
  const done = redelivery.redelivered + redelivery.skipped;
  return html`<div class="note ${running ? 'wait' : 'good'} progress">
    <p role="status">
      ${t(`redelivery.${redelivery.state}`, { done: number(done), all: number(redelivery.matching) })}
      ${redelivery.skipped > 0 ? ` ${t('redelivery.skipped', { n: number(redelivery.skipped) })}` : null}
    </p>
    ${running
      ? html`<progress max=${Math.max(1, redelivery.matching)} value=${done} aria-label=${t('redelivery')}></progress>`
      : null}
    ${running && mayCancel
      ? html`<button type="button" class="quiet small" disabled=${cancel.busy} onClick=${() => cancel.run()}>
          ${t('do.stop')}
        </button>`
      : null}
    <${ErrorNote} error=${cancel.error} />
  </div>`;
}

const STATUSES = ['failed', 'success', 'ended'];

export function RedeliverDialog({ query, onClose, onStarted }) {
  const [status, setStatus] = useState(query.status === 'success' ? 'success' : 'failed');
  const path = ofWebhook(query.webhook_id, '/deliveries/redeliver');
  const filter = {
    status,
    event_type: query.event_type || null,
    start_date: query.start_date || null,
    end_date: query.end_date || null,
  };
  const count = useLoad(() => post(path, { ...filter, dry_run: true }), [status]);
  const start = useAction(async () => {
    await post(path, filter);
    onStarted();
    onClose();
  });
  return html`<${Dialog} title=${t('redeliver.many')} onClose=${onClose}>
    <${Field} id="redeliver-status" label=${t('redeliver.which')}>
      ${(tied) => html`<select ...${tied} value=${status} onChange=${(event) => setStatus(event.target.value)}>
        ${STATUSES.map((each) => html`<option value=${each}>${t(`redeliver.${each}`)}</option>`)}
      </select>`}
    <//>
    <${Loaded} from=${count}>
      ${({ matching }) => html`<p role="status">
          <strong>${t('redeliver.count', { n: number(matching) })}</strong> ${t('redeliver.text')}
        </p>
        <${ErrorNote} error=${start.error} />
        <div class="row end">
          <button type="button" class="quiet" onClick=${onClose}>${t('do.cancel')}</button>
          <button type="button" disabled=${start.busy || matching === 0} onClick=${() => start.run()}>
            ${t('redeliver.do', { n: number(matching) })}
          </button>
        </div>`}
    <//>
  <//>`;
}
