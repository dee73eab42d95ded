// The dashboard: signs in with an API token, lists webhooks, and shows what became of the deliveries of the chosen one.
// Uses the public API only, and builds every node by hand: nothing that a receiver answered is ever taken for HTML.

const TOKEN = 'fanfare-token';
const REFRESH_MILLIS = 5_000;
const PAGE = 20;

const byId = (id) => document.getElementById(id);
const view = {
  webhooks: [],
  nextWebhooks: null,
  chosen: null, // id of the webhook whose deliveries are shown
  deliveries: [],
  nextDeliveries: null,
  opened: null, // id of the delivery that is shown whole
  whole: null, // its row of details
};

// ---------------------------------------------------------------- the API

class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value !== null);
  const query = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  let response;
  try {
    response = await fetch(path + query, {
      method,
      headers: { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` },
    });
  } catch {
    throw new ApiError(0, 'The service cannot be reached.');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer.message ?? `The service answered ${response.status}.`);
  return answer;
}

const webhookPath = (id, rest = '') => `api/webhooks/${encodeURIComponent(id)}${rest}`;

// ---------------------------------------------------------------- nodes

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

const cell = (...children) => node('td', {}, ...children);
const number = (value) => node('td', { class: 'number' }, value == null ? '–' : value.toLocaleString('en'));
const mark = (text, kind, title) => node('span', { class: `mark ${kind}`, title }, text);

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

function when(timestamp) {
  if (!timestamp) return '–';
  const seconds = (Date.parse(timestamp) - Date.now()) / 1_000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return node('time', { datetime: timestamp, title: timestamp }, relative.format(Math.round(seconds / length), unit));
}

const statusMark = (status) => mark(status, { success: 'good', failed: 'bad' }[status] ?? 'wait');

// ---------------------------------------------------------------- webhooks

function circuitMark({ state, next_probe_at: probe, consecutive_failures: failures }) {
  if (state === 'closed') return mark('closed', failures > 0 ? 'wait' : 'good', `${failures} failures in a row`);
  return mark(state.replace('_', '-'), state === 'open' ? 'bad' : 'wait', `next probe at ${probe}`);
}

function activeMark({ active, disabled_reason: reason }) {
  if (active) return mark('active', 'good');
  return reason ? mark(`inactive: ${reason}`, 'bad') : mark('inactive', '');
}

function webhookRow(webhook) {
  const { stats } = webhook;
  const choose = node('button', { type: 'button', class: 'link', onclick: () => chooseWebhook(webhook.webhook_id) },
    webhook.name);
  const rate = node('meter', {
    min: 0, max: 100, low: 80, high: 95, optimum: 100, value: stats.success_rate, 'aria-label': 'success rate',
  });
  return node('tr', { class: webhook.webhook_id === view.chosen ? 'chosen' : null },
    node('td', { class: 'wrap' }, choose, node('span', { class: 'url' }, webhook.url)),
    node('td', { class: 'wrap' }, webhook.events.join(', ')),
    cell(activeMark(webhook)),
    cell(circuitMark(webhook.circuit)),
    number(stats.successful_deliveries),
    number(stats.failed_deliveries),
    number(stats.pending_deliveries),
    cell(rate, `${stats.success_rate} %`),
    cell(when(stats.last_delivery)));
}

async function loadWebhooks(more = false) {
  // A refresh reads again as much as was shown.
  const limit = more ? PAGE : Math.min(100, Math.max(PAGE, view.webhooks.length));
  const page = await call('GET', 'api/webhooks', {
    limit, active: byId('active').value, cursor: more ? view.nextWebhooks : null,
  });
  view.webhooks = more ? view.webhooks.concat(page.webhooks) : page.webhooks;
  view.nextWebhooks = page.pagination.next_cursor;
  byId('webhook-total').textContent = page.total.toLocaleString('en');
  showWebhooks();
}

function showWebhooks() {
  keepFocus(byId('webhooks'), view.webhooks.map(webhookRow));
  byId('no-webhooks').hidden = view.webhooks.length > 0;
  byId('more-webhooks').hidden = view.nextWebhooks === null;
}

async function chooseWebhook(id) {
  Object.assign(view, { chosen: id, deliveries: [], nextDeliveries: null, opened: null, whole: null });
  byId('test-result').textContent = '';
  byId('status').value = '';
  showWebhooks();
  await attempt(loadDetail);
  byId('detail-title').focus();
}

// ---------------------------------------------------------------- one webhook

async function loadDetail() {
  const id = view.chosen;
  const webhook = view.webhooks.find((known) => known.webhook_id === id);
  if (webhook) byId('detail-title').textContent = webhook.name;
  const [statistics] = await Promise.all([
    call('GET', webhookPath(id, '/stats'), { period: 'hour' }),
    loadDeliveries(),
  ]);
  if (id !== view.chosen) return; // another one was chosen meanwhile
  showFigures(statistics.overall_stats);
  showChart(statistics);
  byId('detail').hidden = false;
}

function showFigures(overall) {
  const millis = (value) => (value == null ? '–' : `${Math.round(value).toLocaleString('en')} ms`);
  const figures = {
    'delivered': overall.successful_deliveries.toLocaleString('en'),
    'failed': overall.failed_deliveries.toLocaleString('en'),
    'pending now': overall.pending_deliveries.toLocaleString('en'),
    'success rate': `${overall.success_rate} %`,
    'average answer': millis(overall.average_response_time),
    'median': millis(overall.median_response_time),
    '95th percentile': millis(overall.p95_response_time),
  };
  byId('figures').replaceChildren(...Object.entries(figures).map(([name, value]) =>
    node('div', {}, node('dt', {}, name), node('dd', {}, value))));
}

function showChart({ start_date: start, hourly_stats: buckets }) {
  const SVG = 'http://www.w3.org/2000/svg';
  const HOURS = 24;
  const HEIGHT = 100;
  const shape = (tag, attributes, title) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (title) element.append(Object.assign(document.createElementNS(SVG, 'title'), { textContent: title }));
    return element;
  };
  const highest = Math.max(1, ...buckets.map((bucket) => bucket.total_deliveries));
  const svg = shape('svg', {
    viewBox: `0 0 ${HOURS * 10} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': `Deliveries by hour: ${buckets.map((b) => `${b.date} ${b.total_deliveries}`).join(', ') || 'none'}`,
  });
  for (const bucket of buckets) {
    const x = ((Date.parse(bucket.date) - Date.parse(start)) / 3_600_000) * 10;
    const good = (bucket.successful_deliveries / highest) * (HEIGHT - 4);
    const bad = (bucket.failed_deliveries / highest) * (HEIGHT - 4);
    const title = `${bucket.date}: ${bucket.successful_deliveries} delivered, ${bucket.failed_deliveries} failed`;
    svg.append(
      shape('rect', { class: 'success', x: x + 1, width: 8, y: HEIGHT - good, height: good }, title),
      shape('rect', { class: 'failed', x: x + 1, width: 8, y: HEIGHT - good - bad, height: bad }, title));
  }
  svg.append(shape('line', { class: 'axis', x1: 0, x2: HOURS * 10, y1: HEIGHT, y2: HEIGHT }));
  byId('chart').replaceChildren(svg);
}

async function sendTest() {
  const button = byId('test');
  const id = view.chosen;
  button.disabled = true;
  byId('test-result').textContent = 'Waiting for the receiver …';
  try {
    const result = await call('POST', webhookPath(id, '/test'));
    byId('test-result').textContent = result.status === 'success'
      ? `The receiver accepted it: ${result.response_code} in ${result.response_time} ms.`
      : `The test failed: ${result.error}.`;
    await loadDetail();
  } catch (error) {
    byId('test-result').textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

// ---------------------------------------------------------------- deliveries

async function loadDeliveries(more = false) {
  const id = view.chosen;
  const limit = more ? PAGE : Math.min(100, Math.max(PAGE, view.deliveries.length));
  const page = await call('GET', webhookPath(id, '/deliveries'), {
    limit, status: byId('status').value, cursor: more ? view.nextDeliveries : null,
  });
  if (id !== view.chosen) return;
  view.deliveries = more ? view.deliveries.concat(page.deliveries) : page.deliveries;
  view.nextDeliveries = page.pagination.next_cursor;
  byId('delivery-total').textContent = page.total.toLocaleString('en');
  showDeliveries();
}

function showDeliveries() {
  keepFocus(byId('deliveries'), view.deliveries.map(deliveryRow));
  byId('no-deliveries').hidden = view.deliveries.length > 0;
  byId('more-deliveries').hidden = view.nextDeliveries === null;
  if (view.opened) attempt(showWhole);
}

function deliveryRow(delivery) {
  const id = delivery.delivery_id;
  const open = node('button', {
    type: 'button', class: 'link mono', 'aria-expanded': String(id === view.opened), title: id,
    onclick: () => {
      view.opened = view.opened === id ? null : id;
      showDeliveries();
    },
  }, `…${id.slice(-8)}`);
  const error = delivery.status === 'pending' && delivery.next_retry
    ? node('span', {}, delivery.error ? `${delivery.error}; ` : '', 'next attempt ', when(delivery.next_retry))
    : (delivery.error ?? '');
  return node('tr', { class: id === view.opened ? 'chosen' : null, 'data-delivery': id },
    cell(open),
    cell(delivery.event_type, delivery.test ? node('span', { class: 'soft' }, ' (test)') : null),
    cell(statusMark(delivery.status)),
    number(delivery.response_code),
    node('td', { class: 'number' }, delivery.response_time == null ? '–' : `${delivery.response_time} ms`),
    number(delivery.attempts),
    cell(when(delivery.delivered_at)),
    node('td', { class: 'wrap' }, error));
}

async function showWhole() {
  const id = view.opened;
  const row = () => document.querySelector(`[data-delivery="${CSS.escape(id)}"]`);
  // What is shown already is put back at once, so that a refresh moves nothing.
  const known = view.whole?.dataset.of === id ? view.whole : null;
  if (known) row()?.after(known);
  if (known?.dataset.status === 'success' || known?.dataset.status === 'failed') return; // it has ended
  const delivery = await call('GET', webhookPath(view.chosen, `/deliveries/${encodeURIComponent(id)}`));
  if (id !== view.opened) return;
  known?.remove();
  view.whole = wholeRow(delivery);
  row()?.after(view.whole);
}

function wholeRow(delivery) {
  const id = delivery.delivery_id;
  const line = (each) => [
    `${each.attempt}.`, each.started_at, each.probe ? 'probe' : null, each.response_code,
    each.response_time == null ? null : `${each.response_time} ms`, each.error,
  ].filter((part) => part != null).join('  ');
  const again = delivery.status === 'pending' || delivery.test ? null : node('button', {
    type: 'button', class: 'quiet', onclick: () => attempt(() => redeliver(id)),
  }, 'Deliver once more');
  const part = (title, text) => node('div', {}, node('h4', {}, title), node('pre', { tabindex: '0' }, text));
  return node('tr', { class: 'more', 'data-of': id, 'data-status': delivery.status }, node('td', { colspan: '8' },
    node('p', { class: 'hint' }, `${id}, event ${delivery.event_id} `, again),
    node('div', { class: 'parts' },
      part('Attempts', delivery.attempts_log.map(line).join('\n') || 'none has ended yet'),
      part('Last answer', delivery.response_body ?? 'none'),
      part('Payload, laid out for reading', JSON.stringify(delivery.payload, null, 2)))));
}

async function redeliver(id) {
  const made = await call('POST', webhookPath(view.chosen, `/deliveries/${encodeURIComponent(id)}/redeliver`));
  view.opened = made.delivery_id;
  byId('status').value = '';
  await loadDeliveries();
}

// ---------------------------------------------------------------- frame

// Replaces the rows of a table; the button that had the focus has it again.
function keepFocus(body, rows) {
  const buttons = () => [...body.querySelectorAll('button.link')];
  const focused = buttons().indexOf(document.activeElement);
  body.replaceChildren(...rows);
  if (focused >= 0) buttons()[focused]?.focus();
}

async function attempt(work) {
  try {
    await work();
    byId('notice').hidden = true;
  } catch (error) {
    if (error.status === 401) return signOut('This token is not valid, or not any more.');
    if (error.status === 404 && view.chosen) {
      view.chosen = null;
      byId('detail').hidden = true;
    }
    byId('notice').textContent = error.message;
    byId('notice').hidden = false;
    if (!(error instanceof ApiError)) throw error;
  }
}

async function checkHealth() {
  const health = byId('health');
  let up = false;
  try {
    const response = await fetch('health/ready');
    // Where health asks for a token of its own, whoever answers is at least there.
    up = response.ok || response.status === 401;
  } catch {
    // down: the service does not answer
  }
  health.className = `health ${up ? 'up' : 'down'}`;
  health.textContent = up ? 'ready' : 'not ready';
}

async function refresh() {
  if (document.hidden) return;
  checkHealth();
  if (!sessionStorage.getItem(TOKEN)) return;
  await attempt(async () => {
    await loadWebhooks();
    if (view.chosen) await loadDetail();
  });
}

function showFrame() {
  const signedIn = sessionStorage.getItem(TOKEN) !== null;
  byId('signed-in').hidden = !signedIn;
  byId('signed-out').hidden = signedIn;
  byId('sign-out').hidden = !signedIn;
}

function signOut(reason = '') {
  sessionStorage.removeItem(TOKEN);
  Object.assign(view, { webhooks: [], chosen: null, deliveries: [], opened: null, whole: null });
  byId('detail').hidden = true;
  byId('notice').textContent = reason;
  byId('notice').hidden = reason === '';
  showFrame();
  byId('token').focus();
}

byId('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  await attempt(async () => {
    try {
      await loadWebhooks();
    } catch (error) {
      sessionStorage.removeItem(TOKEN); // the key of a publisher, for example, may not read
      throw error;
    }
    showFrame();
    byId('webhooks').querySelector('button')?.focus();
  });
});
byId('sign-out').addEventListener('click', () => signOut());
byId('active').addEventListener('change', () => attempt(loadWebhooks));
byId('status').addEventListener('change', () => {
  view.opened = null;
  attempt(loadDeliveries);
});
byId('more-webhooks').addEventListener('click', () => attempt(() => loadWebhooks(true)));
byId('more-deliveries').addEventListener('click', () => attempt(() => loadDeliveries(true)));
byId('test').addEventListener('click', sendTest);
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, REFRESH_MILLIS);

showFrame();
refresh();
