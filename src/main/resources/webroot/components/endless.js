// A list that goes on when its end comes into sight, or when its button is pressed.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { known } from '../lib/hooks.js';
import { t } from '../lib/i18n.js';
import { ErrorNote, Loading } from './notes.js';

/**
 * Pages of a list by its cursor. `read(cursor, signal)` answers `{items, next, …}`; the first page is read again
 * every so many milliseconds as long as it is the only one.
 */
export function usePages(read, inputs, every) {
  const [state, setState] = useState({ pages: [], loading: true, error: null });
  const work = useRef({ abort: new AbortController(), count: 0 });
  const load = async (cursor, abort) => {
    setState((old) => ({ ...old, loading: true }));
    try {
      const page = await read(cursor, abort.signal);
      if (abort.signal.aborted) return;
      setState((old) => ({ pages: cursor === null ? [page] : [...old.pages, page], loading: false, error: null }));
      work.current.count = cursor === null ? 1 : work.current.count + 1;
    } catch (error) {
      if (!abort.signal.aborted) setState((old) => ({ ...old, loading: false, error: known(error) }));
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    work.current = { abort, count: 0 };
    setState({ pages: [], loading: true, error: null });
    load(null, abort);
    const timer = setInterval(() => {
      if (!document.hidden && work.current.count === 1) load(null, abort);
    }, every);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, inputs);
  const last = state.pages.at(-1);
  return {
    ...state,
    items: state.pages.flatMap((page) => page.items),
    first: state.pages[0] ?? null,
    next: last?.next ?? null,
    more: () => load(last.next, work.current.abort),
    again: () => load(null, work.current.abort),
  };
}

export function Endless({ list }) {
  const end = useRef(null);
  const more = useRef(null);
  more.current = list.next !== null && !list.loading && !list.error ? list.more : null;
  useEffect(() => {
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current?.(),
      { rootMargin: '200px' },
    );
    seen.observe(end.current);
    return () => seen.disconnect();
    // Looked at anew after each page: the end may still be in sight.
  }, [list.loading]);
  return html`<div ref=${end}>
    <${ErrorNote} error=${list.error} retry=${list.pages.length === 0 ? list.again : list.more} />
    ${list.loading && list.pages.length === 0 ? html`<${Loading} />` : null}
    ${list.next !== null
      ? html`<button type="button" class="quiet" disabled=${list.loading} onClick=${list.more}>${t('do.next')}</button>`
      : null}
  </div>`;
}
