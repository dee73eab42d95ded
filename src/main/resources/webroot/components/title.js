// The title of a view, which is the tab's too; it takes the focus when the view opens.
import { html, useEffect } from '../lib/html.js';
import { to } from '../lib/router.js';
import { Icon } from './icon.js';

/** `up` is the path and the name of the view above this one. */
export function Title({ text, up, children }) {
  useEffect(() => {
    document.title = `${text} · Fanfare`;
  }, [text]);
  return html`<div class="title">
    <div>
      ${up ? html`<a class="up" href=${to(up[0])}><${Icon} name="back" />${up[1]}</a>` : null}
      <h1 tabindex="-1">${text}</h1>
    </div>
    <div class="actions">${children}</div>
  </div>`;
}
