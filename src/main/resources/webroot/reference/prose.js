// Descriptions are paragraphs with code in back quotes; nothing else of Markdown is in them.
import { html } from '../lib/html.js';

const inline = (text) => text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));

export const Prose = ({ text }) =>
  text
    .split(/\n\s*\n/)
    .filter(Boolean)
    .map((paragraph) => html`<p lang="en">${inline(paragraph)}</p>`);

export const Inline = ({ text }) => html`<span lang="en">${inline(text)}</span>`;
