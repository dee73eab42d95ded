// Whether a stream is live.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';

export const LiveMark = ({ stream }) => html`<p class="live ${stream.name}" role="status">
  ${t(`stream.${stream.name}`)} ${stream.reason ? html`<span lang="en">${stream.reason}</span>` : null}
</p>`;
