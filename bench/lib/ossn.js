const TEXT = 'Ships at noon, weather permitting. '.repeat(14);
const BOUNDARY = 'polypostbench';

const form = (fields) => new URLSearchParams(fields).toString();

async function call(server, path, fields) {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  const answer = await response.json();
  if (answer.code !== '100') throw new Error(`${path} was refused: ${JSON.stringify(answer).slice(0, 200)}`);
  return answer.payload;
}

const post = (path, fields) => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: form(fields),
});

/** A multipart body with a pdf; equal bytes each time, so that the store keeps one copy. */
function withFile(fields, bytes) {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const pdf = Buffer.alloc(bytes, ' ');
  pdf.write('%PDF-1.4\n');
  return Buffer.concat([
    Buffer.from(parts.join('')),
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="attachment"; filename="report.pdf"\r\nContent-Type: application/pdf\r\n\r\n`),
    pdf,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

/** @returns guids of new users */
export async function makeUsers(server, siteKey, count) {
  const guids = [];
  for (let i = 0; i < count; i += 1) {
    const email = `bench${i}@example.org`;
    const user = await call(server, '/api/v1.0/user_add', {
      api_key_token: siteKey, username: `benchuser${i}`, firstname: 'Bench', lastname: String(i), email, reemail: email,
      password: 'not-a-secret', gender: 'male', birthdate: '01/02/1990',
    });
    guids.push(user.guid);
  }
  return guids;
}

/** Fills conversations, and returns the rows of the report with the requests that make them. */
export async function prepareOssn(server, guids, siteKey) {
  const key = { api_key_token: siteKey };
  const [sender, small, large, ...targets] = guids;
  const fill = async (to, count) => {
    for (let done = 0; done < count; done += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, count - done) }, () =>
          call(server, '/api/v2.0/message/send', { ...key, from: sender, to, message: TEXT }),
        ),
      );
    }
  };
  await fill(small, 10);
  await fill(large, 5_000);
  const send = (to) => ({ ...key, from: sender, to, message: TEXT });
  const list = (guid) => [post('/api/v2.0/message/list', { ...key, guid, to: sender })];
  const recent = (guid) => [post('/api/v1.0/message_recent', { ...key, guid })];
  return [
    { name: 'OSSN send', requests: targets.map((to) => post('/api/v2.0/message/send', send(to))) },
    {
      name: 'OSSN send with a 100 KB file',
      requests: targets.slice(0, 8).map((to) => ({
        method: 'POST',
        path: '/api/v2.0/message/send',
        headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
        body: withFile(send(to), 100 * 1024),
      })),
    },
    { name: 'OSSN list, conversation of 10', requests: list(small) },
    { name: 'OSSN list, conversation of 5,000', requests: list(large) },
    { name: 'OSSN recent, conversation of 10', requests: recent(small) },
    { name: 'OSSN recent, conversation of 5,000', requests: recent(large) },
  ];
}
