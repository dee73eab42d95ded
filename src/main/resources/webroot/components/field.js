// A field of a form with its name, a hint, and what the server found wrong with it.
import { html } from '../lib/html.js';

/** What an answer says of a field, and of what is in it: `events` has `events[0]` too. */
export const faultsOf = (error, name) =>
  (error?.details ?? [])
    .filter(({ field }) => field === name || field.startsWith(`${name}[`) || field.startsWith(`${name}.`))
    .map(({ field, message }) => (field === name ? message : `${field.slice(name.length)} ${message}`));

/** `children` makes the input of the attributes that tie it to its words. */
export function Field({ id, label, hint, faults = [], children }) {
  const notes = [hint ? `${id}-hint` : null, faults.length > 0 ? `${id}-fault` : null].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children({ id, 'aria-describedby': notes || null, 'aria-invalid': faults.length > 0 || null })}
    ${hint ? html`<p class="hint" id=${`${id}-hint`}>${hint}</p>` : null}
    ${faults.length > 0 ? html`<p class="fault" id=${`${id}-fault`} lang="en">${faults.join('; ')}</p>` : null}
  </div>`;
}

/** A line of text. */
export const TextField = ({ value, onInput, type = 'text', inputmode, required, ...field }) => html`<${Field}
  ...${field}
>
  ${(tied) => html`<input
    ...${tied}
    type=${type}
    inputmode=${inputmode}
    value=${value}
    spellcheck="false"
    autocomplete="off"
    aria-required=${required || null}
    onInput=${(event) => onInput(event.target.value)}
  />`}
<//>`;
