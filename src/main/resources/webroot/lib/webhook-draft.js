// A webhook while it is edited: every field as text, and what a create or an update sends of it. Nothing is judged
// here: the server knows the rules, and its words appear at the fields.

const SIMPLE = ['name', 'url', 'description', 'project_id', 'secret'];

/** The number that a text is; the text itself where it is none, for the server to refuse. */
const numberOf = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

export function draftOf(webhook = {}) {
  const policy = webhook.retry_policy ?? {};
  return {
    name: webhook.name ?? '',
    url: webhook.url ?? '',
    description: webhook.description ?? '',
    project_id: webhook.project_id ?? '',
    secret: '',
    events: webhook.events ?? [],
    headers: Object.entries(webhook.headers ?? {}),
    timeout: String(webhook.timeout ?? 30),
    max_attempts: String(policy.max_attempts ?? 3),
    backoff_strategy: policy.backoff_strategy ?? 'exponential',
    initial_delay: String(policy.initial_delay ?? 1_000),
    max_delay: String(policy.max_delay ?? 60_000),
    retry_on_status: (policy.retry_on_status ?? []).join(', '),
    retry_on_timeout: policy.retry_on_timeout ?? true,
  };
}

function bodyOf(draft) {
  const statuses = draft.retry_on_status.split(/[\s,]+/).filter(Boolean);
  return {
    ...Object.fromEntries(SIMPLE.map((field) => [field, draft[field]])),
    events: draft.events,
    headers: Object.fromEntries(draft.headers.filter(([name, value]) => name !== '' || value !== '')),
    timeout: numberOf(draft.timeout),
    retry_policy: {
      max_attempts: numberOf(draft.max_attempts),
      backoff_strategy: draft.backoff_strategy,
      initial_delay: numberOf(draft.initial_delay),
      max_delay: numberOf(draft.max_delay),
      // An empty list means that no status is retried, which is not what an empty field says.
      ...(statuses.length > 0 ? { retry_on_status: statuses.map(numberOf) } : {}),
      ...(draft.retry_on_timeout ? {} : { retry_on_timeout: false }),
    },
  };
}

/** What creates it: fields that are empty are left to the server's defaults. */
export function createOf(draft) {
  const body = bodyOf(draft);
  for (const field of ['description', 'project_id', 'secret']) if (body[field] === '') delete body[field];
  return body;
}

/** What changes it: only what differs from what was. */
export function changeOf(draft, webhook) {
  const before = bodyOf(draftOf(webhook));
  const body = bodyOf(draft);
  const changed = Object.entries(body).filter(
    ([field, value]) =>
      field !== 'project_id' && field !== 'secret' && JSON.stringify(value) !== JSON.stringify(before[field]),
  );
  return Object.fromEntries(changed);
}
