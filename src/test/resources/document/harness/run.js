// Runs a program of the API document as it stands:  node run.js PROGRAM
// Supplies only what the programs use without defining it: Express, a base for relative URLs, and a few functions.
'use strict';
const fs = require('fs');
const http = require('http');
const Module = require('module');

// The little of Express that the document uses. Every body is given raw.
function express() {
  const handlers = new Map();
  const answer = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    request.body = Buffer.concat(chunks);
    const result = {
      code: 200,
      status(code) {
        this.code = code;
        return this;
      },
      send(text) {
        response.writeHead(this.code, { 'Content-Type': 'text/plain' });
        response.end(text);
        return this;
      },
    };
    const handler = request.method === 'POST' && handlers.get(request.url);
    if (!handler) return result.status(404).send('Not Found');
    try {
      await handler(request, result);
    } catch (error) {
      console.error(error.message);
      result.status(500).send('Internal Server Error');
    }
  };
  return {
    use() {},
    post: (path, handler) => handlers.set(path, handler),
    // The port of the document may be taken: any free one serves, and the test reads it.
    listen(port, listening = () => {}) {
      const server = http.createServer(answer).listen(0, '127.0.0.1', () => {
        console.log(`listening on ${server.address().port}`);
        listening();
      });
    },
  };
}
express.raw = () => null;

const load = Module._load;
Module._load = (name, ...others) => (name === 'express' ? express : load(name, ...others));

const program = process.argv[2];
const base = process.env.BASE_URL;
const fetchAbsolute = globalThis.fetch;
const getJson = async (path, parameters = {}) => {
  const response = await fetch(`${path}?${new URLSearchParams(parameters)}`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  const json = await response.json();
  if (!response.ok) throw new Error(json.message);
  return json;
};

Object.assign(globalThis, {
  require,
  express,
  app: express(),
  accessToken: process.env.ACCESS_TOKEN,
  fetch: (url, options) => fetchAbsolute(base + url, options),
  getWebhooks: (parameters) => getJson('/api/webhooks', parameters),
  getWebhookDeliveries: (id, parameters) => getJson(`/api/webhooks/${id}/deliveries`, parameters),
  // The handlers that receiver.js names and does not define.
  handleDeploymentFailed: (data) => console.log('handleDeploymentFailed', data.deployment_id),
  handleCollaborationInvited: (data) => console.log('handleCollaborationInvited', data.invitation_id),
  sendAlert: async (alert) => console.log('sendAlert', JSON.stringify(alert)),
  // The check of the monitor comes every five minutes; here once, now.
  setInterval: (check) =>
    check().catch((error) => {
      console.error(error);
      process.exit(1);
    }),
});

const AsyncFunction = (async () => {}).constructor;
new AsyncFunction(fs.readFileSync(program, 'utf8'))()
  .then(() => {
    if (program.endsWith('verify.js')) app.listen(0);
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
