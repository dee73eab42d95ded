// Creates a webhook, or changes one.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { get, ofWebhook, post, put } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction, useLoad } from '../lib/hooks.js';
import { go, to } from '../lib/router.js';
import { project } from '../lib/session.js';
import { changeOf, createOf, draftOf } from '../lib/webhook-draft.js';
import { EventPicker } from '../components/event-picker.js';
import { TextField, faultsOf } from '../components/field.js';
import { HeaderFields } from '../components/header-fields.js';
import { ErrorNote, Loaded } from '../components/notes.js';
import { RetryFields } from '../components/retry-fields.js';
import { Title } from '../components/title.js';

/** The server's words that belong to no field of the form. */
const SHOWN = ['name', 'url', 'description', 'project_id', 'secret', 'events', 'headers', 'timeout', 'retry_policy'];
const isShown = ({ field }) => SHOWN.includes(field.split(/[.[]/)[0]);

function Form({ webhook, types }) {
  const [draft, setDraft] = useState(() =>
    webhook ? draftOf(webhook) : { ...draftOf(), project_id: project() },
  );
  const form = useRef(null);
  const set = (field) => (value) => setDraft((old) => ({ ...old, [field]: value }));
  const save = useAction(async () => {
    const saved = webhook
      ? await put(ofWebhook(webhook.webhook_id), changeOf(draft, webhook))
      : await post('api/webhooks', createOf(draft));
    go(`webhooks/${saved.webhook_id}`);
  });
  const { error } = save;
  useEffect(() => {
    // The first field at fault, for those who cannot see where the red is.
    if (error) form.current.querySelector('[aria-invalid]')?.focus();
  }, [error]);
  const field = (name) => ({ id: name, value: draft[name], onInput: set(name), faults: faultsOf(error, name) });
  const isInside = ['timeout', 'retry_policy', 'headers'].some((name) => faultsOf(error, name).length > 0);
  const elsewhere = error && !(error.details?.length > 0 && error.details.every(isShown));

  return html`<form
    class="sheet"
    ref=${form}
    novalidate
    onSubmit=${(event) => {
      event.preventDefault();
      save.run();
    }}
  >
    <${TextField} ...${field('name')} label=${t('form.name')} required />
    <${TextField} ...${field('url')} type="url" label="URL" hint=${t('form.url.hint')} required />
    <${EventPicker}
      types=${types}
      chosen=${draft.events}
      onChange=${set('events')}
      faults=${faultsOf(error, 'events')}
    />
    <${TextField} ...${field('description')} label=${t('form.description')} />
    ${webhook
      ? null
      : html`<${TextField} ...${field('project_id')} label=${t('project')} hint=${t('form.project.hint')} />
          <${TextField} ...${field('secret')} label=${t('secret')} hint=${t('form.secret.hint')} />`}
    <details open=${isInside || null}>
      <summary>${t('form.more')}</summary>
      <${RetryFields} draft=${draft} set=${set} error=${error} />
      <${HeaderFields} headers=${draft.headers} onChange=${set('headers')} faults=${faultsOf(error, 'headers')} />
    </details>
    ${elsewhere ? html`<${ErrorNote} error=${error} />` : null}
    ${error && !elsewhere ? html`<p class="note bad" role="alert">${t('form.faults')}</p>` : null}
    <div class="row">
      <button type="submit" disabled=${save.busy}>${webhook ? t('do.save') : t('do.create')}</button>
      <a class="button quiet" href=${to(webhook ? `webhooks/${webhook.webhook_id}` : 'webhooks')}>${t('do.cancel')}</a>
    </div>
  </form>`;
}

export function Page({ parts }) {
  const id = parts[2] === 'edit' ? parts[1] : null;
  const loaded = useLoad(
    async (signal) => {
      const [types, webhook] = await Promise.all([
        get('api/event-types', {}, signal),
        id ? get(ofWebhook(id), {}, signal) : null,
      ]);
      return { types: types.event_types, webhook };
    },
    [id],
  );
  const up = id ? [`webhooks/${id}`, loaded.data?.webhook.name ?? '…'] : ['webhooks', t('nav.webhooks')];
  return html`<${Title} text=${id ? t('webhook.edit') : t('webhooks.new')} up=${up} />
    <${Loaded} from=${loaded}>${(data) => html`<${Form} ...${data} />`}<//>`;
}
