// One webhook: how it is, what can be done about it, and what became of its deliveries.
import { html, useState } from '../lib/html.js';
import { get, ofWebhook, put, remove } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { duration, millis, number, percent } from '../lib/format.js';
import { useAction, useLoad } from '../lib/hooks.js';
import { go, to } from '../lib/router.js';
import { may } from '../lib/session.js';
import { CircuitHistory } from '../components/circuit-history.js';
import { Confirm } from '../components/dialog.js';
import { FailureGroups } from '../components/failure-groups.js';
import { Figure, Figures } from '../components/figures.js';
import { Active, Circuit, When } from '../components/marks.js';
import { ErrorNote, Loaded } from '../components/notes.js';
import { Recent } from '../components/recent.js';
import { Secret } from '../components/secret.js';
import { Statistics } from '../components/statistics.js';
import { TestPanel } from '../components/test-panel.js';
import { Title } from '../components/title.js';

const REFRESH_MILLIS = 5_000;

function Switch({ webhook, onChanged }) {
  const change = useAction(async () => {
    await put(ofWebhook(webhook.webhook_id), { active: !webhook.active });
    onChanged();
  });
  return html`<button type="button" class="quiet" disabled=${change.busy} onClick=${() => change.run()}>
      ${webhook.active ? t('do.disable') : t('do.enable')}
    </button>
    <${ErrorNote} error=${change.error} />`;
}

function Deletion({ webhook }) {
  const [asked, setAsked] = useState(false);
  return html`<button type="button" class="quiet danger" onClick=${() => setAsked(true)}>${t('do.delete')}</button>
    ${asked
      ? html`<${Confirm}
          title=${t('delete.title', { name: webhook.name })}
          text=${t('delete.text')}
          doLabel=${t('do.delete')}
          danger
          act=${() => remove(ofWebhook(webhook.webhook_id))}
          onDone=${() => go('webhooks')}
          onClose=${() => setAsked(false)}
        />`
      : null}`;
}

function Facts({ webhook }) {
  const policy = webhook.retry_policy;
  return html`<dl class="facts">
    <dt>URL</dt>
    <dd class="mono">${webhook.url}</dd>
    <dt>${t('form.events')}</dt>
    <dd class="mono">${webhook.events.join(', ')}</dd>
    ${webhook.description ? html`<dt>${t('form.description')}</dt><dd>${webhook.description}</dd>` : null}
    ${webhook.project_id ? html`<dt>${t('project')}</dt><dd>${webhook.project_id}</dd>` : null}
    <dt>${t('form.retry')}</dt>
    <dd>
      ${t('facts.retry', {
        attempts: policy.max_attempts,
        backoff: t(`backoff.${policy.backoff_strategy}`),
        initial: millis(policy.initial_delay),
        max: millis(policy.max_delay),
        timeout: duration(webhook.timeout),
      })}
    </dd>
    <dt>${t('facts.created')}</dt>
    <dd><${When} at=${webhook.created_at} />, ${webhook.created_by}</dd>
    <dt>Id</dt>
    <dd class="mono">${webhook.webhook_id}</dd>
  </dl>`;
}

function State({ webhook }) {
  const { circuit, stats } = webhook;
  return html`<p class="marks">
      <${Active} webhook=${webhook} />
      <span>
        ${t('circuit')} <${Circuit} state=${circuit.state} />
        ${circuit.state === 'closed'
          ? null
          : html`<span class="soft">
              ${t('circuit.failures', { n: number(circuit.consecutive_failures) })}, ${t('circuits.probe')} <${When}
                at=${circuit.next_probe_at}
              />
            </span>`}
      </span>
    </p>
    <${Figures}>
      <${Figure} name=${t('plot.delivered')} value=${number(stats.successful_deliveries)} />
      <${Figure} name=${t('plot.failed')} value=${number(stats.failed_deliveries)} />
      <${Figure} name=${t('now.pending')} value=${number(stats.pending_deliveries)} />
      <${Figure} name=${t('now.success')} value=${percent(stats.success_rate)} />
    <//>`;
}

export function Page({ parts: [, id] }) {
  const loaded = useLoad((signal) => get(ofWebhook(id), {}, signal), [id], { every: REFRESH_MILLIS });
  const webhook = loaded.data;
  return html`<${Title} text=${webhook?.name ?? t('webhook')} up=${['webhooks', t('nav.webhooks')]}>
      ${webhook && may('manage')
        ? html`<a class="button quiet" href=${to(`webhooks/${id}/edit`)}>${t('do.edit')}</a>
            <${Switch} webhook=${webhook} onChanged=${loaded.reload} />
            <${Deletion} webhook=${webhook} />`
        : null}
    <//>
    <${Loaded} from=${loaded}>
      ${(found) => html`
        <section aria-label=${t('state')}>
          <${State} webhook=${found} />
          <${Facts} webhook=${found} />
        </section>
        <${Recent} webhook=${found} />
        ${may('manage') ? html`<${TestPanel} webhook=${found} onTested=${loaded.reload} />` : null}
        <${Statistics} id=${id} />
        <div class="columns">
          <${FailureGroups} id=${id} />
          <${CircuitHistory} id=${id} state=${found.circuit.state} />
        </div>
        <${Secret} webhook=${found} onReplaced=${loaded.reload} />
      `}
    <//>`;
}
