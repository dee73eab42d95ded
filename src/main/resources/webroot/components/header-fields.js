// Headers of a webhook's own, a name and a value in each line.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';

export function HeaderFields({ headers, onChange, faults }) {
  const change = (at, place, value) =>
    onChange(headers.map((pair, index) => (index === at ? pair.map((old, n) => (n === place ? value : old)) : pair)));
  const input = (at, place, label) => html`<input
    aria-label=${`${label} ${at + 1}`}
    placeholder=${label}
    value=${headers[at][place]}
    spellcheck="false"
    autocomplete="off"
    aria-invalid=${faults.length > 0 || null}
    onInput=${(event) => change(at, place, event.target.value)}
  />`;
  return html`<fieldset class="field" id="headers" tabindex="-1">
    <legend>${t('form.headers')}</legend>
    ${headers.map(
      (_, at) => html`<div class="row">
        ${input(at, 0, t('form.header.name'))} ${input(at, 1, t('form.header.value'))}
        <button
          type="button"
          class="quiet"
          aria-label=${t('form.header.remove', { n: at + 1 })}
          onClick=${() => onChange(headers.filter((__, index) => index !== at))}
        >
          ${t('do.remove')}
        </button>
      </div>`,
    )}
    <button type="button" class="quiet small" onClick=${() => onChange([...headers, ['', '']])}>
      ${t('form.header.add')}
    </button>
    ${faults.length > 0 ? html`<p class="fault" lang="en">${faults.join('; ')}</p>` : null}
  </fieldset>`;
}
