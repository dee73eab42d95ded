// The last day of a webhook, read when its row comes into sight, and few at a time: a list may be long.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { get, ofWebhook } from '../lib/api.js';
import { Sparkline } from './sparkline.js';

const AT_A_TIME = 3;
const GOOD_FOR_MILLIS = 60_000;

const waiting = [];
let reading = 0;
const known = new Map();

function readNext() {
  while (reading < AT_A_TIME && waiting.length > 0) {
    const { id, done } = waiting.shift();
    reading++;
    get(ofWebhook(id, '/stats'), { period: 'hour' })
      .then((stats) => {
        known.set(id, { stats, at: Date.now() });
        done(stats);
      })
      // The list tells what is wrong; a drawing that is missing tells nothing new.
      .catch(() => {})
      .finally(() => {
        reading--;
        readNext();
      });
  }
}

export function DayOf({ id }) {
  const place = useRef(null);
  const [stats, setStats] = useState(known.get(id)?.stats ?? null);
  useEffect(() => {
    const job = { id, done: setStats };
    let inSight = false;
    const read = () => {
      const fresh = Date.now() - (known.get(id)?.at ?? 0) < GOOD_FOR_MILLIS;
      if (!inSight || fresh || document.hidden || waiting.includes(job)) return;
      waiting.push(job);
      readNext();
    };
    const seen = new IntersectionObserver((entries) => {
      inSight = entries.at(-1).isIntersecting;
      read();
    });
    seen.observe(place.current);
    const timer = setInterval(read, GOOD_FOR_MILLIS);
    return () => {
      seen.disconnect();
      clearInterval(timer);
      const at = waiting.indexOf(job);
      if (at >= 0) waiting.splice(at, 1);
    };
  }, [id]);
  return html`<div class="day" ref=${place}>
    ${stats ? html`<${Sparkline} start=${stats.start_date} buckets=${stats.hourly_stats} />` : null}
  </div>`;
}
