// Which events: all, all of a kind, or some.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';

const prefixOf = (type) => type.split('.')[0];

const Box = ({ pattern, name, chosen, covered, onToggle, describe }) => html`<label class="box">
  <input
    type="checkbox"
    value=${pattern}
    checked=${chosen || covered}
    disabled=${covered}
    onChange=${() => onToggle(pattern)}
  />
  <span>${name}${describe ? html`<span class="under" lang="en">${describe}</span>` : null}</span>
</label>`;

export function EventPicker({ types, chosen, onChange, faults }) {
  const toggle = (pattern) =>
    onChange(chosen.includes(pattern) ? chosen.filter((one) => one !== pattern) : [...chosen, pattern]);
  const all = chosen.includes('*');
  const prefixes = [...new Set(types.map((type) => prefixOf(type.event_type)))];
  return html`<fieldset
    class="field events"
    id="events"
    tabindex="-1"
    aria-invalid=${faults.length > 0 || null}
    aria-describedby=${faults.length > 0 ? 'events-fault' : null}
  >
    <legend>${t('form.events')}</legend>
    <${Box} pattern="*" name=${t('form.events.all')} chosen=${all} onToggle=${toggle} />
    <div class="kinds">
      ${prefixes.map((prefix) => {
        const pattern = `${prefix}.*`;
        const whole = all || chosen.includes(pattern);
        const single = types.filter((type) => prefixOf(type.event_type) === prefix);
        const some = single.filter((type) => chosen.includes(type.event_type)).length;
        return html`<div key=${prefix}>
          <${Box}
            pattern=${pattern}
            name=${t('form.events.kind', { kind: pattern })}
            chosen=${chosen.includes(pattern)}
            covered=${all}
            onToggle=${toggle}
          />
          <details open=${some > 0 || null}>
            <summary>${t('form.events.single', { n: single.length })}</summary>
            ${single.map(
              (type) => html`<${Box}
                pattern=${type.event_type}
                name=${type.event_type}
                describe=${type.description}
                chosen=${chosen.includes(type.event_type)}
                covered=${whole}
                onToggle=${toggle}
              />`,
            )}
          </details>
        </div>`;
      })}
    </div>
    ${faults.length > 0 ? html`<p class="fault" id="events-fault" lang="en">${faults.join('; ')}</p>` : null}
  </fieldset>`;
}
