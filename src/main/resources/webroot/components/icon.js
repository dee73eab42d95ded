// Small drawings beside words; never alone, so that they need no words of their own.
import { html } from '../lib/html.js';

const PATHS = {
  overview: 'M3 12h4l3-8 4 16 3-8h4',
  webhooks: 'M12 3a4 4 0 0 1 3.5 6l3 5M12 7l-4 7M5 14a4 4 0 1 0 3.8 5.2H15M19 14a4 4 0 1 1-3.4 6',
  events: 'M13 2 4 14h7l-1 8 9-12h-7z',
  deliveries: 'M22 2 11 13M22 2l-7 20-4-9-9-4z',
  why: 'M9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3M12 17h.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  tail: 'M4 6h16M4 12h10M4 18h7M18 14v6M15 17l3 3 3-3',
  storage: 'M4 6c0 4 16 4 16 0s-16-4-16 0v12c0 4 16 4 16 0V6M4 12c0 4 16 4 16 0',
  docs: 'M4 5a2 2 0 0 1 2-2h14v18H6a2 2 0 0 1-2-2zM4 17h16M9 7h6',
  good: 'M4 12l5 5L20 6',
  bad: 'M5 5l14 14M19 5 5 19',
  wait: 'M12 6v6l4 2M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  off: 'M5 12h14',
  menu: 'M4 7h16M4 12h16M4 17h16',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  back: 'M15 5l-7 7 7 7',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4l13 8-13 8z',
};

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
  <path d=${PATHS[name]} />
</svg>`;
