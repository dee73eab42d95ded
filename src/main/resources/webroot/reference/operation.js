// One route: what it does, what it takes, what it answers, and a command that works when it is pasted.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { curl } from '../lib/curl.js';
import { Code } from '../components/code.js';
import { Members } from './members.js';
import { Inline, Prose } from './prose.js';

const laidOut = (value) => JSON.stringify(value, null, 2);

/**
 * The path with ids that exist, else with those of the description: what is pasted without a thought must not delete or
 * change what is there.
 */
function pathOf({ method, path, parameters }, ids) {
  const known = method === 'GET' || path.endsWith('/test') ? ids : {};
  const example = (name) => known[name] ?? parameters.find((one) => one.name === name)?.example ?? name;
  return path.slice(1).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(example(name)));
}

function Command({ operation, ids }) {
  const { text, copied } = curl(operation.method, pathOf(operation, ids), {
    body: operation.body?.example,
    open: operation.isOpen,
    flags: operation.path.endsWith('/stream') ? ['-N'] : [],
  });
  return html`<h4>${t('docs.curl')}</h4>
    <${Code} text=${text} copied=${copied} label=${`curl ${operation.path}`} />`;
}

function Parameters({ list, description }) {
  if (list.length === 0) return null;
  return html`<h4>${t('docs.parameters')}</h4>
    <ul class="members">
      ${list.map(
        (one) => html`<li key=${one.name}>
          <code class="name">${one.name}</code>
          ${' '}<span class="soft type">${one.in}, ${description.typeOf(one.schema)}</span>
          ${one.required ? html` <span class="required">${t('docs.required')}</span>` : null}
          ${one.description ? html`<div><${Inline} text=${one.description} /></div>` : null}
        </li>`,
      )}
    </ul>`;
}

const Answer = ({ response, description }) => html`<details>
  <summary><code>${response.status}</code> <${Inline} text=${response.description} /></summary>
  ${response.schema
    ? html`<${Members} description=${description} schema=${response.schema} />`
    : null}
  ${response.example === undefined
    ? null
    : html`<${Code} text=${laidOut(response.example)} label=${`${t('docs.example')} ${response.status}`} />`}
</details>`;

export function Operation({ operation, description, ids }) {
  const { method, path, kind } = operation;
  return html`<section id=${operation.id} aria-labelledby=${`${operation.id}-title`} class="operation">
    <h3 id=${`${operation.id}-title`} tabindex="-1"><${Inline} text=${operation.summary} /></h3>
    <p class="route">
      <span class="method ${method.toLowerCase()}">${method}</span>
      <code>${kind === 'receiver' ? 'url' : path}</code>
    </p>
    <${Prose} text=${operation.description} />
    <${Parameters} list=${operation.parameters} description=${description} />
    ${operation.body?.schema
      ? html`<h4>${t('docs.body')}</h4>
          <${Members} description=${description} schema=${operation.body.schema} />
          ${kind === 'receiver'
            ? html`<${Code} text=${laidOut(operation.body.example)} label=${t('docs.example')} />`
            : null}`
      : null}
    ${kind === 'route' ? html`<${Command} operation=${operation} ids=${ids} />` : null}
    <h4>${t('docs.answers')}</h4>
    ${operation.responses.map(
      (response) => html`<${Answer} key=${response.status} response=${response} description=${description} />`,
    )}
  </section>`;
}
