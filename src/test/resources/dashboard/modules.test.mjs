// Modules of the dashboard that need no browser. Run by ModulesTest, which says where they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.sessionStorage = { getItem: () => null };
const webroot = process.env.WEBROOT;
const { memberOf, pretty, prettyOrPlain } = await import(new URL('lib/raw-json.js', webroot));
const { sseParser } = await import(new URL('lib/stream.js', webroot));
const { changeOf, createOf, draftOf } = await import(new URL('lib/webhook-draft.js', webroot));

test('a payload is laid out without a change of its spelling', () => {
  const text = '{"big":12345678901234567890,"e":1.0E+2,"u":"\\u00e9 \\" }","list":[1,{"a":null}],"none":{},"no":[ ]}';
  assert.equal(
    pretty(text),
    [
      '{',
      '  "big": 12345678901234567890,',
      '  "e": 1.0E+2,',
      '  "u": "\\u00e9 \\" }",',
      '  "list": [',
      '    1,',
      '    {',
      '      "a": null',
      '    }',
      '  ],',
      '  "none": {},',
      '  "no": []',
      '}',
    ].join('\n'),
  );
  assert.equal(prettyOrPlain('<b>no JSON</b>'), '<b>no JSON</b>');
});

test('a member is found with its very bytes', () => {
  const payload = '{"data":{ "payload":1.10, "s":"a]}\\"" , "a":[[]]}}';
  assert.equal(memberOf(`{"a":{"payload":2},"b":[1,2],"c":"x,}","payload":${payload},"z":true}`, 'payload'), payload);
  assert.equal(memberOf('{"payload":null}', 'payload'), 'null');
  assert.equal(memberOf('{"n":-1.5e3 , "payload":7}', 'payload'), '7');
  assert.equal(memberOf('{"a":1}', 'payload'), null);
});

test('server-sent events come whole, however the text is cut', () => {
  const text = ': \n\nretry: 2000\n\nevent: delivery\ndata: {"a":1}\n\nevent: dropped\r\ndata: {"dropped":\r\ndata: 12}\r\n\r\n';
  for (let size = 1; size < text.length; size += 3) {
    const got = [];
    const take = sseParser((name, data) => got.push([name, data]));
    for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size));
    assert.deepEqual(got, [
      ['delivery', { a: 1 }],
      ['dropped', { dropped: 12 }],
    ]);
  }
});

test('an update has what was changed, and nothing else', () => {
  const webhook = {
    name: 'n',
    url: 'https://a.example/',
    description: null,
    events: ['*'],
    headers: { 'X-A': '1' },
    timeout: 30,
    retry_policy: { max_attempts: 3, backoff_strategy: 'fixed', initial_delay: 1, max_delay: 2 },
  };
  const draft = draftOf(webhook);
  assert.deepEqual(changeOf(draft, webhook), {});
  assert.deepEqual(changeOf({ ...draft, name: 'm', timeout: '1.5' }, webhook), { name: 'm', timeout: 1.5 });
  assert.deepEqual(changeOf({ ...draft, retry_on_status: '500, 503' }, webhook).retry_policy, {
    ...webhook.retry_policy,
    retry_on_status: [500, 503],
  });
});

test('a create leaves empty fields to the defaults, and what is no number to the server', () => {
  const body = createOf({ ...draftOf(), name: 'n', timeout: 'soon' });
  assert.equal(body.timeout, 'soon');
  for (const field of ['description', 'project_id', 'secret']) assert.ok(!(field in body), field);
});
