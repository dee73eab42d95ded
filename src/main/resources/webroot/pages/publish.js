// Publishes an event: a sample that can be changed.
import { html, useState } from '../lib/html.js';
import { get, request } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useAction, useLoad } from '../lib/hooks.js';
import { to } from '../lib/router.js';
import { may, project } from '../lib/session.js';
import { Field, TextField, faultsOf } from '../components/field.js';
import { ErrorNote, Loaded } from '../components/notes.js';
import { Title } from '../components/title.js';

const FIRST = 'build.completed';
const laidOut = (types, name) =>
  JSON.stringify(types.find((type) => type.event_type === name).sample.data, null, 2);

function Form({ types }) {
  const [event, setEvent] = useState(FIRST);
  const [data, setData] = useState(() => laidOut(types, FIRST));
  const [ofProject, setProject] = useState(project());
  const publish = useAction(async () => {
    // As it was written: `data` goes to the receivers byte for byte.
    const named = ofProject.trim() === '' ? '' : `"project_id":${JSON.stringify(ofProject.trim())},`;
    const body = `{"event":${JSON.stringify(event)},${named}"data":${data.trim() || '{}'}}`;
    return (await request('POST', 'api/events', { body })).json();
  });
  const { error, done } = publish;
  return html`<form
    class="sheet"
    novalidate
    onSubmit=${(submitted) => {
      submitted.preventDefault();
      publish.run();
    }}
  >
    <${Field} id="event" label=${t('event.type')} faults=${faultsOf(error, 'event')}>
      ${(tied) => html`<select
        ...${tied}
        value=${event}
        onChange=${(chosen) => {
          setEvent(chosen.target.value);
          setData(laidOut(types, chosen.target.value));
        }}
      >
        ${types.map((type) => html`<option value=${type.event_type}>${type.event_type}</option>`)}
      </select>`}
    <//>
    <${Field} id="data" label=${t('publish.data')} hint=${t('publish.data.hint')} faults=${faultsOf(error, 'data')}>
      ${(tied) => html`<textarea
        ...${tied}
        rows="14"
        spellcheck="false"
        value=${data}
        onInput=${(typed) => setData(typed.target.value)}
      ></textarea>`}
    <//>
    <${TextField}
      id="project_id"
      label=${t('project')}
      hint=${t('publish.project.hint')}
      value=${ofProject}
      onInput=${setProject}
      faults=${faultsOf(error, 'project_id')}
    />
    ${error?.details?.length > 0 ? null : html`<${ErrorNote} error=${error} />`}
    <div class="row">
      <button type="submit" disabled=${publish.busy}>${t('publish')}</button>
    </div>
    ${done
      ? html`<p class="note good" role="status">
          ${t('publish.done', { n: number(done.deliveries) })}
          ${' '}
          ${may('read')
            ? html`<a href=${to('why', { id: done.event_id })}>${t('publish.follow')}</a>`
            : html`<code>${done.event_id}</code>`}
        </p>`
      : null}
  </form>`;
}

export function Page() {
  const loaded = useLoad((signal) => get('api/event-types', {}, signal), []);
  return html`<${Title} text=${t('publish')} up=${may('read') ? ['events', t('nav.events')] : null} />
    <${Loaded} from=${loaded}>${({ event_types: types }) => html`<${Form} types=${types} />`}<//>`;
}
