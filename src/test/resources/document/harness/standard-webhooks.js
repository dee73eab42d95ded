// Verifies a delivery with the reference implementation of Standard Webhooks. Reads from its input one JSON object with
// `secret`, `headers` and `body`; prints `verified`, or what the library says against it.
'use strict';
const { Webhook } = require('standardwebhooks');
const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
try {
  new Webhook(secret).verify(body, headers);
  console.log('verified');
} catch (error) {
  console.log(error.message);
}
