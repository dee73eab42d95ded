// A question before something that cannot be taken back, and whatever else must be ended first.
import { html, useEffect, useRef } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { useAction } from '../lib/hooks.js';
import { ErrorNote } from './notes.js';

export function Dialog({ title, onClose, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}

/** Asks, then does: `act` is what happens after a yes. */
export function Confirm({ title, text, doLabel, danger, act, onClose, onDone }) {
  const action = useAction(async () => {
    await act();
    onDone?.();
    onClose();
  });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p>${text}</p>
    <${ErrorNote} error=${action.error} />
    <div class="row end">
      <button type="button" class="quiet" onClick=${onClose}>${t('do.cancel')}</button>
      <button type="button" class=${danger ? 'danger' : ''} disabled=${action.busy} onClick=${() => action.run()}>
        ${doLabel}
      </button>
    </div>
  <//>`;
}
