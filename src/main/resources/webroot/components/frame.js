// What stands around every page: where one can go, who one is, and which project is looked at.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { may, project, chooseProject, whoami } from '../lib/session.js';
import { to } from '../lib/router.js';
import { Icon } from './icon.js';
import { Preferences } from './preferences.js';

/** The views that this key may open, in the order of the menu. */
function views() {
  const all = may('read');
  return [
    all && ['overview', ''],
    all && ['webhooks', 'webhooks'],
    all && ['deliveries', 'deliveries'],
    all && ['tail', 'tail'],
    all && ['why', 'why'],
    (all || may('publish')) && ['events', 'events'],
    all && whoami().project_id === null && ['storage', 'storage'],
  ].filter(Boolean);
}

function ProjectFilter({ onProject }) {
  const who = whoami();
  if (!may('read')) return null;
  if (who.project_id !== null) {
    return html`<p class="project">${t('project')} <strong>${who.project_id}</strong></p>`;
  }
  return html`<label class="project">
    ${t('project')}
    <input
      type="search"
      placeholder=${t('project.all')}
      value=${project()}
      spellcheck="false"
      onChange=${(event) => {
        chooseProject(event.target.value.trim());
        onProject();
      }}
    />
  </label>`;
}

function Person({ onSignOut, onLanguage }) {
  const who = whoami();
  return html`<div class="person">
    <p>
      ${who.user_id}<br />
      <span class="soft">${t(`role.${who.role}`)}</span>
    </p>
    <${Preferences} onLanguage=${onLanguage} />
    <button type="button" class="quiet" onClick=${onSignOut}>${t('signout')}</button>
  </div>`;
}

export function Frame({ active, onProject, onSignOut, onLanguage, children }) {
  const [open, setOpen] = useState(false);
  const main = useRef(null);
  useEffect(() => {
    const close = () => setOpen(false);
    window.addEventListener('hashchange', close);
    return () => window.removeEventListener('hashchange', close);
  }, []);
  return html`<div class="frame">
    <a
      class="skip"
      href="#main"
      onClick=${(event) => {
        event.preventDefault();
        main.current.focus();
      }}
      >${t('skip')}</a
    >
    <header class=${open ? 'side open' : 'side'}>
      <a class="brand" href=${to('')}><img src="icon.svg" alt="" width="28" height="28" />Fanfare</a>
      <button
        type="button"
        class="quiet menu"
        aria-expanded=${open}
        aria-controls="menu"
        onClick=${() => setOpen(!open)}
      >
        <${Icon} name="menu" />${t('menu')}
      </button>
      <div id="menu" class="menu-content">
        <nav aria-label=${t('nav')}>
          <ul>
            ${views().map(
              ([name, path]) => html`<li>
                <a href=${to(path)} aria-current=${name === active ? 'page' : null}>
                  <${Icon} name=${name} />${t(`nav.${name}`)}
                </a>
              </li>`,
            )}
            <li>
              <a href="docs"><${Icon} name="docs" />${t('nav.docs')}</a>
            </li>
          </ul>
        </nav>
        <${ProjectFilter} onProject=${onProject} />
        <${Person} onSignOut=${onSignOut} onLanguage=${onLanguage} />
      </div>
    </header>
    <main id="main" ref=${main} tabindex="-1">${children}</main>
  </div>`;
}
