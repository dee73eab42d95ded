// What may be wider than the screen: it can be scrolled with the keyboard too.
import { html } from '../lib/html.js';

export const Scroll = ({ label, children }) => html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
  ${children}
</div>`;
