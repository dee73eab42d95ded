// One of a few, as a row of buttons.
import { html } from '../lib/html.js';

/** `options` are pairs of a value and its name. */
export const Choice = ({ label, options, value, onChoose }) => html`<div
  class="choice"
  role="group"
  aria-label=${label}
>
  ${options.map(
    ([option, name]) => html`<button
      type="button"
      aria-pressed=${option === value}
      onClick=${() => onChoose(option)}
    >
      ${name}
    </button>`,
  )}
</div>`;
