// How long a receiver may take, and how often it is asked again.
import { html } from '../lib/html.js';
import { t } from '../lib/i18n.js';
import { Field, TextField, faultsOf } from './field.js';

export function RetryFields({ draft, set, error }) {
  const policy = (name) => faultsOf(error, `retry_policy.${name}`);
  return html`<fieldset>
    <legend>${t('form.retry')}</legend>
    <div class="grid">
      <${TextField}
        id="timeout"
        label=${t('form.timeout')}
        hint=${t('form.timeout.hint')}
        inputmode="decimal"
        value=${draft.timeout}
        onInput=${set('timeout')}
        faults=${faultsOf(error, 'timeout')}
      />
      <${TextField}
        id="max_attempts"
        label=${t('form.attempts')}
        hint=${t('form.attempts.hint')}
        inputmode="numeric"
        value=${draft.max_attempts}
        onInput=${set('max_attempts')}
        faults=${policy('max_attempts')}
      />
      <${Field} id="backoff_strategy" label=${t('form.backoff')} faults=${policy('backoff_strategy')}>
        ${(tied) => html`<select
          ...${tied}
          value=${draft.backoff_strategy}
          onChange=${(event) => set('backoff_strategy')(event.target.value)}
        >
          ${['exponential', 'linear', 'fixed'].map(
            (strategy) => html`<option value=${strategy}>${t(`backoff.${strategy}`)}</option>`,
          )}
        </select>`}
      <//>
      <${TextField}
        id="initial_delay"
        label=${t('form.initial')}
        inputmode="numeric"
        value=${draft.initial_delay}
        onInput=${set('initial_delay')}
        faults=${policy('initial_delay')}
      />
      <${TextField}
        id="max_delay"
        label=${t('form.max')}
        inputmode="numeric"
        value=${draft.max_delay}
        onInput=${set('max_delay')}
        faults=${policy('max_delay')}
      />
      <${TextField}
        id="retry_on_status"
        label=${t('form.statuses')}
        hint=${t('form.statuses.hint')}
        value=${draft.retry_on_status}
        onInput=${set('retry_on_status')}
        faults=${policy('retry_on_status')}
      />
    </div>
    <label class="box">
      <input
        type="checkbox"
        checked=${draft.retry_on_timeout}
        onChange=${(event) => set('retry_on_timeout')(event.target.checked)}
      />
      <span>${t('form.ontimeout')}</span>
    </label>
  </fieldset>`;
}
