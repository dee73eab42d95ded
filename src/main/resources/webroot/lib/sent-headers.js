// The headers of an attempt. The service does not keep them, as all of them follow from the registration, the delivery
// and the moment of the attempt; so does this. What a viewer may not see is not in it.
import { whoami } from './session.js';

const encoder = new TextEncoder();
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The key of Standard Webhooks: the decoded part of a `whsec_` secret where it is valid base64. */
function standardKey(secret) {
  if (secret.startsWith('whsec_')) {
    try {
      return Uint8Array.from(atob(secret.slice(6)), (sign) => sign.charCodeAt(0));
    } catch {
      // no base64: the secret itself is the key
    }
  }
  return encoder.encode(secret);
}

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)));
}

/**
 * Names and values in the order in which they are sent. `body` is the payload as sent; a signature is null where the
 * secret is not to be seen, or the page came over plain HTTP from afar, where browsers compute none.
 */
export async function sentHeaders(webhook, delivery, startedAt, body) {
  const { header_prefix: prefix, user_agent: agent } = whoami();
  const seconds = String(Math.floor(Date.parse(startedAt) / 1_000));
  const id = delivery.delivery_id;
  const signs = Boolean(webhook.secret) && Boolean(globalThis.crypto?.subtle);
  const document = signs ? `sha256=${hex(await hmac(encoder.encode(webhook.secret), body))}` : null;
  const standard = signs
    ? `v1,${base64(await hmac(standardKey(webhook.secret), `${id}.${seconds}.${body}`))}`
    : null;
  return [
    ['Host', new URL(webhook.url).host],
    ...Object.entries(webhook.headers),
    ['Content-Type', 'application/json'],
    ['User-Agent', agent],
    [`${prefix}Event`, delivery.event_type],
    [`${prefix}Delivery`, id],
    [`${prefix}Webhook-ID`, webhook.webhook_id],
    [`${prefix}Timestamp`, seconds],
    [`${prefix}Signature-256`, document],
    ['webhook-id', id],
    ['webhook-timestamp', seconds],
    ['webhook-signature', standard],
    ['Content-Length', String(encoder.encode(body).length)],
  ];
}

/** A secret as the service would make one. */
export const newSecret = () => `whsec_${base64(crypto.getRandomValues(new Uint8Array(32)))}`;
