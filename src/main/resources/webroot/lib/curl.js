// Commands that work when they are pasted. The token is in what is copied, and not in what is shown: somebody may look
// over one's shoulder.
import { root } from './api.js';
import { token } from './session.js';

const HIDDEN = 'TOKEN';

/** A text as one word of a shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The lines of a command as they are shown, and as they are copied. */
export function curl(method, path, { body, headers = {}, open = false, flags = [] } = {}) {
  const url = new URL(path, root).href;
  const parts = [`curl ${[...flags, method === 'GET' ? '' : `-X ${method}`].filter(Boolean).join(' ')}`.trim()];
  parts[0] = `${parts[0]} ${quoted(url)}`;
  if (!open) parts.push(`-H 'Authorization: Bearer ${HIDDEN}'`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`);
    parts.push(`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`);
  }
  const text = parts.join(' \\\n  ');
  return { text, copied: open || !token() ? text : text.replace(`Bearer ${HIDDEN}'`, `Bearer ${token()}'`) };
}
