// The public API, and nothing else: whatever this page shows can be scripted.
import { token } from './session.js';

/** Where the service is, whatever it stands behind. */
export const root = new URL('..', import.meta.url);

/** An answer that is an error, or none at all (status 0). */
export class ApiError extends Error {
  constructor(status, code, message, details = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export function address(path, query = {}) {
  const url = new URL(path, root);
  for (const [name, value] of Object.entries(query)) {
    if (value !== '' && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/** The response itself, once it is known to be no error. */
export async function request(method, path, { query, body, signal } = {}) {
  const headers = { Authorization: `Bearer ${token()}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      signal,
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The service cannot be reached.');
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new ApiError(
    response.status,
    answer.error ?? 'unknown',
    answer.message ?? `The service answered ${response.status}.`,
    answer.details,
  );
}

async function json(method, path, options) {
  const response = await request(method, path, options);
  return response.json();
}

export const get = (path, query, signal) => json('GET', path, { query, signal });
export const post = (path, body) => json('POST', path, { body });
export const put = (path, body) => json('PUT', path, { body });
export const remove = (path) => json('DELETE', path);

/** The text of an answer, for what must be shown byte for byte. */
export async function getText(path, signal) {
  const response = await request('GET', path, { signal });
  return response.text();
}

/** A path under one webhook. */
export const ofWebhook = (id, rest = '') => `api/webhooks/${encodeURIComponent(id)}${rest}`;

/** All items of a list by its cursor, up to a bound; `complete` says whether that was all. */
export async function getAll(path, member, query, max, signal) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(path, { ...query, limit: 100, cursor }, signal);
    items.push(...page[member]);
    cursor = page.pagination.next_cursor;
  } while (cursor !== null && items.length < max);
  return { items, complete: cursor === null };
}
