import { request } from 'node:http';

const TEXT = 'Ships at noon, weather permitting. '.repeat(14);

/** One call of the dialect: a JSON body with every method, GET included. */
export function call(server, method, path, body) {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const out = request(
      server.url + path,
      { method, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } },
      (response) => {
        let answer = '';
        response.on('data', (chunk) => (answer += chunk));
        response.on('end', () => {
          const { success, response: result } = JSON.parse(answer);
          if (success) resolve(result);
          else reject(new Error(`${method} ${path} was refused: ${answer.slice(0, 200)}`));
        });
      },
    );
    out.on('error', reject);
    out.end(text);
  });
}

const json = (method, path, body) => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Makes keys and inboxes, and returns the rows of the report with the requests that make them. */
export async function prepareKeyInbox(server) {
  const keys = await Promise.all(Array.from({ length: 40 }, () => call(server, 'GET', '/generate-keypair', {})));
  const [sender, small, large] = keys;
  const message = { subject: 'Quarterly report', content: TEXT };
  const fill = async (to, count) => {
    for (let done = 0; done < count; done += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, count - done) }, () =>
          call(server, 'POST', '/messages', { public_key: to.public_key, private_key: sender.private_key, message }),
        ),
      );
    }
  };
  await fill(small, 100);
  await fill(large, 10_000);
  const first = await call(server, 'GET', '/messages', { private_key: small.private_key, pagination_data: { skip: 0, take: 1 } });
  const list = (key) => [json('GET', '/messages', { private_key: key.private_key, pagination_data: { skip: 0, take: 50 } })];
  const targets = keys.slice(3);
  return [
    { name: 'KeyInbox send, identified', requests: targets.map((to) => json('POST', '/messages', { public_key: to.public_key, private_key: sender.private_key, message })) },
    { name: 'KeyInbox send, anonymous', requests: targets.map((to) => json('POST', '/messages', { public_key: to.public_key, message })) },
    { name: 'KeyInbox list 50 of 100', requests: list(small) },
    { name: 'KeyInbox list 50 of 10,000', requests: list(large) },
    { name: 'KeyInbox receiver read', requests: [json('GET', `/messages/receiver/${first.messages[0].id}`, { private_key: small.private_key })] },
  ];
}
