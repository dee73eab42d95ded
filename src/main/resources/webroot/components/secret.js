// The secret, for those who may see it, and what a receiver does with it.
import { html, useState } from '../lib/html.js';
import { ofWebhook, put } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction } from '../lib/hooks.js';
import { newSecret } from '../lib/sent-headers.js';
import { may, whoami } from '../lib/session.js';
import { verifiers } from '../lib/verifiers.js';
import { Choice } from './choice.js';
import { Code, CopyButton } from './code.js';
import { Dialog } from './dialog.js';
import { TextField, faultsOf } from './field.js';
import { ErrorNote } from './notes.js';

function Replace({ webhook, onClose, onReplaced }) {
  const [value, setValue] = useState(newSecret);
  const replace = useAction(async () => {
    await put(ofWebhook(webhook.webhook_id), { secret: value });
    onReplaced();
    onClose();
  });
  return html`<${Dialog} title=${t('secret.replace')} onClose=${onClose}>
    <p>${t('secret.replace.text')}</p>
    <form
      novalidate
      onSubmit=${(event) => {
        event.preventDefault();
        replace.run();
      }}
    >
      <${TextField}
        id="new-secret"
        label=${t('secret.new')}
        value=${value}
        onInput=${setValue}
        faults=${faultsOf(replace.error, 'secret')}
      />
      ${replace.error?.details?.length > 0 ? null : html`<${ErrorNote} error=${replace.error} />`}
      <div class="row end">
        <button type="button" class="quiet" onClick=${onClose}>${t('do.cancel')}</button>
        <button type="submit" disabled=${replace.busy}>${t('do.replace')}</button>
      </div>
    </form>
  <//>`;
}

function Own({ webhook, onReplaced }) {
  const [shown, setShown] = useState(false);
  const [replacing, setReplacing] = useState(false);
  return html`<div class="row">
      <code class="secret">${shown ? webhook.secret : '•'.repeat(24)}</code>
      <button type="button" class="quiet small" aria-pressed=${shown} onClick=${() => setShown(!shown)}>
        ${shown ? t('secret.hide') : t('secret.show')}
      </button>
      <${CopyButton} text=${webhook.secret} label=${t('secret.copy')} />
      ${may('manage')
        ? html`<button type="button" class="quiet small" onClick=${() => setReplacing(true)}>
            ${t('secret.replace')}
          </button>`
        : null}
    </div>
    ${replacing
      ? html`<${Replace} webhook=${webhook} onReplaced=${onReplaced} onClose=${() => setReplacing(false)} />`
      : null}`;
}

export function Secret({ webhook, onReplaced }) {
  const languages = verifiers(whoami().header_prefix);
  const [language, setLanguage] = useState(languages[0][0]);
  const code = languages.find(([name]) => name === language)[1];
  return html`<section aria-labelledby="secret">
    <h2 id="secret">${t('secret.title')}</h2>
    ${webhook.secret === undefined ? null : html`<${Own} webhook=${webhook} onReplaced=${onReplaced} />`}
    <p>${t('secret.verify', { header: `${whoami().header_prefix}Signature-256` })}</p>
    <${Choice}
      label=${t('secret.language')}
      value=${language}
      onChoose=${setLanguage}
      options=${languages.map(([name]) => [name, name])}
    />
    <${Code} text=${code} label=${language} />
  </section>`;
}
