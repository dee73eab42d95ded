// Deliveries of the last 24 hours in the size of a word.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';

const HOURS = 24;
const HEIGHT = 24;
const HOUR_MILLIS = 3_600_000;

/** `buckets` are `hourly_stats`; those without deliveries are absent in them. */
export function Sparkline({ start, buckets }) {
  const highest = Math.max(1, ...buckets.map((bucket) => bucket.total_deliveries));
  const delivered = buckets.reduce((sum, bucket) => sum + bucket.successful_deliveries, 0);
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed_deliveries, 0);
  const label = t('sparkline', { delivered: number(delivered), failed: number(failed) });
  const height = (count) => (count === 0 ? 0 : Math.max(1.5, (count / highest) * HEIGHT));
  return html`<svg class="sparkline" viewBox="0 0 ${HOURS * 4} ${HEIGHT + 1}" role="img" aria-label=${label}>
    <title>${label}</title>
    <path class="ground" d="M0 ${HEIGHT + 0.5}H${HOURS * 4}" />
    ${buckets.map((bucket) => {
      const x = Math.round((Date.parse(bucket.date) - Date.parse(start)) / HOUR_MILLIS) * 4;
      const good = height(bucket.successful_deliveries);
      const bad = height(bucket.failed_deliveries);
      return html`<rect class="good" x=${x} width="3" y=${HEIGHT - good} height=${good} />
        <rect class="bad" x=${x} width="3" y=${HEIGHT - good - bad} height=${bad} />`;
    })}
  </svg>`;
}
