// Server-sent events, read with fetch: an EventSource cannot send the token.
import { request } from './api.js';

const FIRST_WAIT_MILLIS = 1_000;
const LONGEST_WAIT_MILLIS = 30_000;

/** Calls `onEvent(name, data)` for each whole event of a text that comes in pieces. */
export function sseParser(onEvent) {
  let rest = '';
  let name = 'message';
  let data = [];
  const line = (text) => {
    if (text === '') {
      if (data.length > 0) onEvent(name, JSON.parse(data.join('\n')));
      name = 'message';
      data = [];
    } else if (text.startsWith('event:')) {
      name = text.slice(6).trim();
    } else if (text.startsWith('data:')) {
      data.push(text.slice(5).trimStart());
    }
  };
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

/**
 * Reads a stream until the function that it returns is called, and connects again when it broke.
 * `onState` is told `open`, `waiting` or, with the reason, `ended`.
 */
export function openStream(path, query, onEvent, onState) {
  const abort = new AbortController();
  let wait = FIRST_WAIT_MILLIS;
  let ended = false;

  const read = async () => {
    const response = await request('GET', path, { query, signal: abort.signal });
    onState('open');
    wait = FIRST_WAIT_MILLIS;
    const take = sseParser((name, data) => {
      if (name === 'end' && data.reason === 'key_revoked') {
        ended = true;
        onState('ended', data.reason);
      } else if (name !== 'end') {
        onEvent(name, data);
      }
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
  };

  const run = async () => {
    while (!ended && !abort.signal.aborted) {
      try {
        await read();
      } catch (error) {
        if (abort.signal.aborted) return;
        // What is refused once is refused again, unless the service is only busy or away.
        if (error.status >= 400 && error.status < 500 && error.status !== 429) {
          onState('ended', error.message);
          return;
        }
      }
      if (ended || abort.signal.aborted) return;
      onState('waiting');
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(LONGEST_WAIT_MILLIS, wait * 2);
    }
  };
  run();
  return () => abort.abort();
}
