// The members of a body, and what is in them.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { Inline } from './prose.js';

const DEPTH_MAX = 4;

export function Members({ description, schema, depth = 0 }) {
  const members = description.membersOf(schema);
  if (!members || depth > DEPTH_MAX) return null;
  return html`<ul class="members">
    ${members.map(
      (member) => html`<li key=${member.name}>
        <code class="name">${member.name}</code> <span class="soft type">${member.type}</span>
        ${member.isRequired ? html` <span class="required">${t('docs.required')}</span>` : null}
        ${member.bounds ? html` <span class="soft">${member.bounds}</span>` : null}
        ${member.description ? html`<div><${Inline} text=${member.description} /></div>` : null}
        <${Members} description=${description} schema=${member.schema} depth=${depth + 1} />
      </li>`,
    )}
  </ul>`;
}
