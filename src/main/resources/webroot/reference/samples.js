// Ids that exist, for examples that work when they are pasted: those of the newest webhook, event and delivery. Without
// a token, or where nothing is yet, the examples keep the ids of the description.
import { get, ofWebhook } from '../lib/api.js';
import { token } from '../lib/session.js';

async function first(path, member) {
  const list = await get(path, { limit: 1 });
  return list[member][0];
}

export async function sampleIds() {
  if (!token()) return {};
  try {
    const [webhook, event] = await Promise.all([first('api/webhooks', 'webhooks'), first('api/events', 'events')]);
    const ids = {};
    if (event) ids.event_id = event.event_id;
    if (webhook) {
      ids.webhook_id = webhook.webhook_id;
      const delivery = await first(ofWebhook(webhook.webhook_id, '/deliveries'), 'deliveries');
      if (delivery) ids.delivery_id = delivery.delivery_id;
      const redelivery = await first(ofWebhook(webhook.webhook_id, '/redeliveries'), 'redeliveries');
      if (redelivery) ids.redelivery_id = redelivery.redelivery_id;
    }
    return ids;
  } catch {
    return {}; // the token is none that reads
  }
}
