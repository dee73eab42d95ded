// Figures with their names.
import { html } from '../lib/html.js';

export const Figures = ({ children }) => html`<dl class="figures">${children}</dl>`;

export const Figure = ({ name, value, more, kind }) => html`<div class=${kind ? `figure ${kind}` : 'figure'}>
  <dt>${name}</dt>
  <dd>${value}${more ? html`<span class="soft">${more}</span>` : null}</dd>
</div>`;
