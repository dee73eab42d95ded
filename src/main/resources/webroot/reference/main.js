// The API reference: the published description, readable and searchable.
import { html, render, useEffect, useState } from '../lib/html.js';
import { address } from '../lib/api.js';
import * as i18n from '../lib/i18n.js';
import { token } from '../lib/session.js';
import * as theme from '../lib/theme.js';
import { Empty } from '../components/notes.js';
import { Preferences } from '../components/preferences.js';
import { Description } from './description.js';
import { Operation } from './operation.js';
import { Inline, Prose } from './prose.js';
import { sampleIds } from './samples.js';

const { t } = i18n;

function matches(operation, text) {
  const where = [operation.method, operation.path, operation.summary, operation.description, operation.id];
  where.push(...operation.parameters.map((parameter) => parameter.name));
  return where.join(' ').toLowerCase().includes(text.toLowerCase().trim());
}

/** Routes under the tags of the description, without tags that have none. */
function grouped(description, operations) {
  return description.document.tags
    .map((tag) => ({ ...tag, operations: operations.filter((operation) => operation.tag === tag.name) }))
    .filter((tag) => tag.operations.length > 0);
}

function Side({ tags, text, onSearch, onLanguage }) {
  return html`<header class="side">
    <a class="brand" href="./"><img src="icon.svg" alt="" width="28" height="28" />Fanfare</a>
    <label class="search">
      <span class="unseen">${t('docs.search')}</span>
      <input type="search" placeholder=${t('docs.search')} value=${text} onInput=${(e) => onSearch(e.target.value)} />
    </label>
    <nav aria-label=${t('docs.operations')}>
      ${tags.map(
        (tag) => html`<h2>${tag.name}</h2>
          <ul>
            ${tag.operations.map(
              (operation) => html`<li key=${operation.id}>
                <a href=${`#${operation.id}`}>
                  <span class="method ${operation.method.toLowerCase()}">${operation.method}</span>
                  <${Inline} text=${operation.summary} />
                </a>
              </li>`,
            )}
          </ul>`,
      )}
    </nav>
    <${Preferences} onLanguage=${onLanguage} />
  </header>`;
}

function Reference({ description, ids }) {
  const [text, setText] = useState('');
  const [, setRound] = useState(0);
  const { info } = description.document;
  const tags = grouped(
    description,
    description.operations().filter((operation) => matches(operation, text)),
  );
  useEffect(() => {
    document.title = `${t('docs.title')} · Fanfare`;
  });
  useEffect(() => {
    // The sections were not there yet when the browser looked for the one that the address names.
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);
  return html`<div class="frame reference">
    <${Side} tags=${tags} text=${text} onSearch=${setText} onLanguage=${() => setRound((old) => old + 1)} />
    <main>
      <div>
        <h1>${t('docs.title')}</h1>
        <p class="soft">
          ${info.title} ${info.version} · <a href="api/openapi.yaml">openapi.yaml</a> ·
          ${' '}<a href="api/openapi.json">openapi.json</a>
        </p>
      </div>
      <div class="lead"><${Prose} text=${info.description} /></div>
      <p class="note">${token() ? t('docs.copied') : t('docs.token')}</p>
      ${tags.length === 0 ? html`<${Empty}><p>${t('docs.none')}</p><//>` : null}
      ${tags.map(
        (tag) => html`<h2 key=${tag.name} class="tag">
            ${tag.name} <span class="soft" lang="en">${tag.description}</span>
          </h2>
          ${tag.operations.map(
            (operation) => html`<${Operation}
              key=${operation.id}
              operation=${operation}
              description=${description}
              ids=${ids}
            />`,
          )}`,
      )}
    </main>
  </div>`;
}

theme.apply();
await i18n.begin();
const place = document.getElementById('app');
const [published, ids] = await Promise.all([
  fetch(address('api/openapi.json')).then((answer) => answer.json()),
  sampleIds(),
]);
place.replaceChildren();
render(html`<${Reference} description=${new Description(published)} ids=${ids} />`, place);
