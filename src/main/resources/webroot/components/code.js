// Text as it is, and a button to copy it.
import { html, useState } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { copy } from '../lib/clipboard.js';
import { Icon } from './icon.js';

export function CopyButton({ text, label }) {
  const [done, setDone] = useState(false);
  const run = async () => {
    await copy(text);
    setDone(true);
  };
  return html`<button type="button" class="quiet small" onClick=${run} onBlur=${() => setDone(false)}>
    <${Icon} name=${done ? 'good' : 'copy'} /><span role="status">${done ? t('copied') : (label ?? t('copy'))}</span>
  </button>`;
}

/** `copied` is what is copied where that is not what is shown. */
export const Code = ({ text, copied, label, copyLabel }) => html`<div class="code">
  <pre tabindex="0" role="region" aria-label=${label}><code>${text}</code></pre>
  <${CopyButton} text=${copied ?? text} label=${copyLabel} />
</div>`;
