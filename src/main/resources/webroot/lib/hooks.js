// What pages have in common: to read, to read again, to watch a stream, and to act.
import { useEffect, useRef, useState } from './html.js';
import { ApiError } from './api.js';
import { end } from './session.js';
import { openStream } from './stream.js';

/** An error that is passed on; of a token that is no longer valid, everybody is told. */
export function known(error) {
  if (error instanceof ApiError && error.status === 401) {
    end();
    window.dispatchEvent(new Event('fanfare-signed-out'));
  }
  return error;
}

/**
 * Reads with `load(signal)`, again whenever one of `inputs` changes, and, with `every`, after so many milliseconds
 * while the page is seen. With `keep` what was read stays until the next answer is there.
 */
export function useLoad(load, inputs, { every = 0, keep = false } = {}) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const [round, setRound] = useState(0);
  const first = useRef(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer = null;
    const again = JSON.stringify(inputs) === first.current;
    first.current = JSON.stringify(inputs);
    setState((old) => ({ data: keep || again ? old.data : null, error: null, loading: true }));
    const read = async () => {
      if (!document.hidden || timer === null) {
        try {
          const data = await load(abort.signal);
          if (!abort.signal.aborted) setState({ data, error: null, loading: false });
        } catch (error) {
          if (!abort.signal.aborted) setState((old) => ({ ...old, error: known(error), loading: false }));
        }
      }
      if (every > 0 && !abort.signal.aborted) timer = setTimeout(read, every);
    };
    read();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [...inputs, round, every]);
  return { ...state, reload: () => setRound((old) => old + 1) };
}

/** Watches a stream while it is wanted; says how it is: `connecting`, `open`, `waiting` or `ended`. */
export function useStream(path, query, onEvent, wanted = true) {
  const [state, setState] = useState({ name: 'connecting', reason: null });
  const handler = useRef(onEvent);
  handler.current = onEvent;
  useEffect(() => {
    if (!wanted) return undefined;
    setState({ name: 'connecting', reason: null });
    return openStream(
      path,
      query,
      (name, data) => handler.current(name, data),
      (name, reason = null) => setState({ name, reason }),
    );
  }, [path, JSON.stringify(query), wanted]);
  return state;
}

/** Runs what a button does: one at a time, with its error beside it. */
export function useAction(work) {
  const [state, setState] = useState({ busy: false, error: null, done: null });
  const alive = useRef(true);
  useEffect(() => () => { alive.current = false; }, []);
  const run = async (...given) => {
    setState({ busy: true, error: null, done: null });
    try {
      const done = await work(...given);
      if (alive.current) setState({ busy: false, error: null, done: done ?? true });
    } catch (error) {
      if (alive.current) setState({ busy: false, error: known(error), done: null });
    }
  };
  return { ...state, run, clear: () => setState({ busy: false, error: null, done: null }) };
}

/** The time, again and again. */
export function useNow(every = 1_000) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
