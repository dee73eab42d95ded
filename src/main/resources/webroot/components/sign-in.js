// The door: a token of an API key.
import { html, useEffect, useRef } from '../lib/html.js';
import { get } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction } from '../lib/hooks.js';
import * as session from '../lib/session.js';
import { ErrorNote } from './notes.js';
import { Preferences } from './preferences.js';

export function SignIn({ reason, onSignedIn, onLanguage }) {
  const field = useRef(null);
  const signIn = useAction(async () => {
    session.begin(field.current.value.trim());
    try {
      session.know(await get('api/whoami'));
    } catch (error) {
      session.end();
      throw error;
    }
    onSignedIn();
  });
  useEffect(() => field.current.focus(), []);
  const wrong = signIn.error?.status === 401;
  return html`<main class="sign-in">
    <h1><img src="icon.svg" alt="" width="40" height="40" /> Fanfare</h1>
    <p>${t('signin.lead')}</p>
    ${reason && !signIn.error ? html`<p class="note wait" role="status">${reason}</p>` : null}
    <form
      onSubmit=${(event) => {
        event.preventDefault();
        signIn.run();
      }}
    >
      <label for="token">${t('signin.token')}</label>
      <div class="row">
        <input
          id="token"
          ref=${field}
          type="password"
          required
          autocomplete="off"
          spellcheck="false"
          aria-invalid=${wrong}
          aria-describedby="token-note"
        />
        <button type="submit" disabled=${signIn.busy}>${t('signin.do')}</button>
      </div>
      <div id="token-note">
        ${wrong ? html`<p class="note bad" role="alert">${t('signin.wrong')}</p>` : null}
        ${signIn.error && !wrong ? html`<${ErrorNote} error=${signIn.error} />` : null}
      </div>
    </form>
    <p class="soft">${t('signin.where')} <code>./fanfare keys create --role viewer</code></p>
    <${Preferences} onLanguage=${onLanguage} />
  </main>`;
}
