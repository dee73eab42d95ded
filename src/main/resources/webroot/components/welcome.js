// What to do first, where nothing is there yet.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { curl } from '../lib/curl.js';
import { to } from '../lib/router.js';
import { may, project } from '../lib/session.js';
import { Code } from './code.js';

const ofProject = () => (project() === '' ? {} : { project_id: project() });

export function Welcome() {
  const create = curl('POST', 'api/webhooks', {
    body: { name: 'My first webhook', url: 'https://example.com/webhooks', events: ['build.*'], ...ofProject() },
  });
  const publish = curl('POST', 'api/events', {
    body: { event: 'build.completed', data: { build_id: 'build_123', status: 'success' }, ...ofProject() },
  });
  return html`<section class="welcome" aria-labelledby="welcome">
    <h2 id="welcome">${t('welcome')}</h2>
    <p>${t('welcome.lead')}</p>
    ${may('manage')
      ? html`<ol>
          <li>
            <h3>${t('welcome.create')}</h3>
            <p><a class="button" href=${to('webhooks/new')}>${t('webhooks.new')}</a> ${t('welcome.or')}</p>
            <${Code} text=${create.text} copied=${create.copied} label=${t('welcome.create')} />
          </li>
          <li>
            <h3>${t('welcome.publish')}</h3>
            <p><a class="button quiet" href=${to('events/new')}>${t('publish')}</a> ${t('welcome.or')}</p>
            <${Code} text=${publish.text} copied=${publish.copied} label=${t('welcome.publish')} />
          </li>
          <li>
            <h3>${t('welcome.watch')}</h3>
            <p>${t('welcome.watch.how')} <a href=${to('tail')}>${t('nav.tail')}</a></p>
          </li>
        </ol>
        <p class="soft">${t('welcome.token')} ${t('welcome.private')} <code>delivery.allowed_networks</code></p>`
      : html`<p>${t('welcome.viewer')}</p>`}
  </section>`;
}
