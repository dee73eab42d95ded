// A body, laid out for reading or as it is.
import { html, useState } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { prettyOrPlain } from '../lib/raw-json.js';
import { Choice } from './choice.js';
import { Code } from './code.js';

export function Payload({ text, label }) {
  const [raw, setRaw] = useState(false);
  if (text === null || text === '') return html`<p class="soft">${t('body.none')}</p>`;
  const laidOut = prettyOrPlain(text);
  return html`${laidOut === text
      ? null
      : html`<${Choice}
          label=${t('body.view')}
          value=${raw}
          onChoose=${setRaw}
          options=${[[false, t('body.pretty')], [true, t('body.raw')]]}
        />`}
    <${Code} text=${raw ? text : laidOut} copied=${text} label=${label} />`;
}
