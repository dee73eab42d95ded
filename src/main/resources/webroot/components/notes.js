// What went wrong, in words, where it happened; and what is still on its way.
import { html } from '../lib/html.js';
import { current, knows, t } from '../lib/i18n.js';

/** An error; the service's own sentence is English, so in another language ours stands before it. */
export function ErrorNote({ error, retry }) {
  if (!error) return null;
  const ours = `error.${error.code}`;
  const own = current() !== 'en' && knows(ours);
  const stranger = error.code === 'unreachable' || !error.message;
  return html`<div class="note bad" role="alert">
    <p>
      ${own || stranger ? t(ours) : null} ${stranger ? null : html`<span lang="en">${error.message}</span>`}
    </p>
    ${retry ? html`<button type="button" class="quiet" onClick=${retry}>${t('do.retry')}</button>` : null}
  </div>`;
}

export const Loading = () => html`<p class="loading" role="status"><span class="spinner"></span>${t('loading')}</p>`;

/** What was loaded, or how far that is. */
export function Loaded({ from, children }) {
  if (from.data === null && from.error) return html`<${ErrorNote} error=${from.error} retry=${from.reload} />`;
  if (from.data === null) return html`<${Loading} />`;
  return html`<${ErrorNote} error=${from.error} retry=${from.reload} />${children(from.data)}`;
}

export const Empty = ({ children }) => html`<div class="empty">${children}</div>`;
