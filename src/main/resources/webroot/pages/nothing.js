// An address that leads nowhere.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { to } from '../lib/router.js';
import { Title } from '../components/title.js';

export const Page = () => html`<${Title} text=${t('nothing')} />
  <p><a href=${to('')}>${t('nothing.home')}</a></p>`;
