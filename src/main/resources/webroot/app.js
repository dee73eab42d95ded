// The dashboard: signs in, and shows the view that the address names. Talks to the public API only.
import { html, render, useEffect, useState } from './lib/html.js';
import { get } from './lib/api.js';
import * as i18n from './lib/i18n.js';
import { useRoute, go } from './lib/router.js';
import * as session from './lib/session.js';
import * as theme from './lib/theme.js';
import { Frame } from './components/frame.js';
import { ErrorNote, Loading } from './components/notes.js';
import { SignIn } from './components/sign-in.js';

const { t } = i18n;

/** The module of a view and its entry in the menu, by the parts of the address. */
function viewOf(parts) {
  const [first, second, third] = parts;
  if (!session.may('read')) return ['events', () => import('./pages/publish.js')];
  if (first === undefined) return ['overview', () => import('./pages/overview.js')];
  if (first === 'webhooks') {
    if (second === undefined) return ['webhooks', () => import('./pages/webhooks.js')];
    if (second === 'new' || third === 'edit') return ['webhooks', () => import('./pages/webhook-form.js')];
    return ['webhooks', () => import('./pages/webhook.js')];
  }
  if (first === 'deliveries') {
    return ['deliveries', () => (third ? import('./pages/delivery.js') : import('./pages/deliveries.js'))];
  }
  if (first === 'events') {
    return ['events', () => (second === 'new' ? import('./pages/publish.js') : import('./pages/events.js'))];
  }
  if (first === 'tail') return ['tail', () => import('./pages/tail.js')];
  if (first === 'why') return ['why', () => import('./pages/why.js')];
  if (first === 'storage') return ['storage', () => import('./pages/storage.js')];
  return ['', () => import('./pages/nothing.js')];
}

/** A view, once its module is there; the focus goes to its title when another one is opened. */
function View({ route }) {
  const [view, setView] = useState({ Page: null, error: null });
  const path = route.parts.join('/');
  const [, load] = viewOf(route.parts);
  useEffect(() => {
    let wanted = true;
    load()
      .then(({ Page }) => wanted && setView({ Page, path }))
      .catch((error) => wanted && setView({ Page: null, error }));
    return () => {
      wanted = false;
    };
  }, [path]);
  useEffect(() => {
    // Who has just chosen a project is still in that field.
    const chooses = document.activeElement?.closest('.side input');
    if (view.path === path && !chooses) document.querySelector('main h1')?.focus();
  }, [view.path]);
  if (view.error) return html`<${ErrorNote} error=${view.error} />`;
  if (!view.Page || view.path !== path) return html`<${Loading} />`;
  return html`<${view.Page} key=${path} parts=${route.parts} query=${route.query} />`;
}

function App() {
  const route = useRoute();
  const [state, setState] = useState({ name: 'starting', reason: null });
  // Everything is drawn anew: in another language, or narrowed to another project.
  const [, setRound] = useState(0);
  const again = () => setRound((old) => old + 1);

  const start = async () => {
    if (!session.token()) return setState({ name: 'signed-out', reason: null });
    try {
      session.know(await get('api/whoami'));
      return setState({ name: 'signed-in' });
    } catch (error) {
      if (error.status !== 401) return setState({ name: 'failed', error });
      session.end();
      return setState({ name: 'signed-out', reason: t('signin.wrong') });
    }
  };
  useEffect(() => {
    start();
    const out = () => setState({ name: 'signed-out', reason: t('signin.over') });
    window.addEventListener('fanfare-signed-out', out);
    return () => window.removeEventListener('fanfare-signed-out', out);
  }, []);

  if (state.name === 'starting') return html`<${Loading} />`;
  if (state.name === 'failed') return html`<${ErrorNote} error=${state.error} retry=${start} />`;
  if (state.name === 'signed-out') {
    return html`<${SignIn}
      reason=${state.reason}
      onLanguage=${again}
      onSignedIn=${() => setState({ name: 'signed-in' })}
    />`;
  }
  const [active] = viewOf(route.parts);
  return html`<${Frame}
    active=${active}
    onProject=${again}
    onLanguage=${again}
    onSignOut=${() => {
      session.end();
      go('');
      setState({ name: 'signed-out', reason: null });
    }}
  >
    <${View} key=${session.project()} route=${route} />
  <//>`;
}

theme.apply();
await i18n.begin();
const place = document.getElementById('app');
place.replaceChildren();
render(html`<${App} />`, place);
