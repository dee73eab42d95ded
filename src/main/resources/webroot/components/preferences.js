// Language and colours.
import { html, useState } from '../lib/html.js';
import { LANGUAGES, choose as chooseLanguage, current as language, t } from '../lib/i18n.js';
import { THEMES, choose as chooseTheme, current as theme } from '../lib/theme.js';

export function Preferences({ onLanguage }) {
  const [chosen, setChosen] = useState(theme());
  return html`<div class="preferences">
    <select
      aria-label=${t('preference.language')}
      value=${language()}
      onChange=${async (event) => {
        await chooseLanguage(event.target.value);
        onLanguage();
      }}
    >
      ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code}>${name}</option>`)}
    </select>
    <select
      aria-label=${t('preference.theme')}
      value=${chosen}
      onChange=${(event) => {
        chooseTheme(event.target.value);
        setChosen(event.target.value);
      }}
    >
      ${THEMES.map((name) => html`<option value=${name}>${t(`theme.${name}`)}</option>`)}
    </select>
  </div>`;
}
