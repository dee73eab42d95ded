// What a webhook's attempts failed for, the most frequent first.
import { html, useState } from '../lib/html.js';
import { get, ofWebhook } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { number } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { to } from '../lib/router.js';
import { Choice } from './choice.js';
import { When } from './marks.js';
import { Empty, Loaded } from './notes.js';

const REFRESH_MILLIS = 15_000;
const RANGES = ['1h', '24h', '7d', '30d'];

export function FailureGroups({ id }) {
  const [range, setRange] = useState('24h');
  const list = useLoad((signal) => get(ofWebhook(id, '/failures'), { range }, signal), [id, range], {
    every: REFRESH_MILLIS,
    keep: true,
  });
  return html`<section aria-labelledby="failures">
    <div class="title">
      <h2 id="failures">${t('failures')}</h2>
      <${Choice}
        label=${t('range')}
        value=${range}
        onChoose=${setRange}
        options=${RANGES.map((each) => [each, each])}
      />
    </div>
    <${Loaded} from=${list}>
      ${({ failures, complete }) =>
        failures.length === 0
          ? html`<${Empty}><p>${t('failures.none')}</p><//>`
          : html`<ul class="lines">
                ${failures.map(
                  (group) => html`<li key=${`${group.cause} ${group.error}`}>
                    <span>
                      <strong>${t(`cause.${group.cause}`)}</strong>
                      <span class="under" lang="en">${group.error}</span>
                    </span>
                    <span class="number">
                      ${t('failures.count', { attempts: number(group.failures), deliveries: number(group.deliveries) })}
                      <span class="under">
                        ${t('failures.last')} <${When} at=${group.last_at} /> ·
                        ${' '}
                        <a href=${to(`deliveries/${id}/${group.example_delivery_id}`)}>${t('failures.example')}</a>
                      </span>
                    </span>
                  </li>`,
                )}
              </ul>
              ${complete ? null : html`<p class="soft">${t('failures.newest')}</p>`}`}
    <//>
  </section>`;
}
