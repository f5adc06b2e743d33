import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { familyOf, memoryMb } from './processes.js';

const TEXT = 'Ships at noon, weather permitting. '.repeat(14);
const THREADS = 300;
const SOCKETS = 2_000;

/** A token as integrators mint it. */
function tokenOf(userId, secret) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { token_type: 'access', exp: now + 7200, iat: now, jti: String(Date.now()), user_id: userId };
  const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

async function call(server, token, method, path, body) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${response.status} ${text.slice(0, 200)}`);
  return text === '' ? null : JSON.parse(text);
}

/**
 * @param guids users that exist already
 * @returns the rows of the report with the requests that make them
 */
export async function preparePm(server, guids, secret) {
  const tokens = new Map(guids.map((guid) => [guid, tokenOf(guid, secret)]));
  const [reader, small, large, ...others] = guids;
  const partners = others.slice(0, THREADS);
  const headers = (guid) => ({ authorization: `Bearer ${tokens.get(guid)}`, 'content-type': 'application/json' });
  const send = (from, to) => call(server, tokens.get(from), 'POST', '/api/v2/pm/', { recipients: [to], message: TEXT });
  for (const partner of [small, large, ...partners]) {
    await call(server, tokens.get(partner), 'POST', `/api/v2/user/${reader}/follow/`);
    await send(reader, partner);
  }
  for (const [partner, count] of [[small, 9], [large, 4_999]]) {
    for (let done = 0; done < count; done += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - done) }, () => send(reader, partner)));
    }
  }
  const get = (guid, path) => [{ method: 'GET', path, headers: headers(guid) }];
  return [
    {
      name: 'PM send',
      requests: partners.map((to) => ({
        method: 'POST', path: '/api/v2/pm/', headers: headers(reader), body: JSON.stringify({ recipients: [to], message: TEXT }),
      })),
    },
    { name: `PM snippets, ${partners.length + 2} threads`, requests: get(reader, '/api/v2/pm/') },
    // as many messages on either page, so that the size of the thread alone makes a difference
    { name: 'PM thread, page of 10 of 10', requests: get(small, `/api/v2/pm/?user=${reader}&limit=10`) },
    { name: 'PM thread, page of 10 of 5,000', requests: get(large, `/api/v2/pm/?user=${reader}&limit=10`) },
  ];
}

/**
 * What the garbage of the upgrades leaves in the heap counts: it is memory that the server holds.
 *
 * @param server has served nobody yet
 * @returns kilobytes of its memory (PSS) that one idle live connection costs, three seconds after the last one came
 */
export async function measureIdleSockets(server, guids, secret) {
  const memory = () => familyOf(server.pid).reduce((sum, pid) => sum + memoryMb(pid), 0);
  const before = memory();
  const sockets = [];
  for (let i = 0; i < SOCKETS; i += 1) sockets.push(await openSocket(server, tokenOf(guids[i % guids.length], secret)));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const after = memory();
  for (const socket of sockets) socket.destroy();
  return ((after - before) * 1024) / SOCKETS;
}

/** The upgrade by hand: a client library would cost more memory than what is measured. */
function openSocket(server, token) {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `GET /ws/notify?subscribe-user HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: __${token}\r\n\r\n`,
      );
    });
    socket.once('data', (chunk) => (chunk.toString().startsWith('HTTP/1.1 101') ? resolve(socket) : reject(new Error(chunk.toString().slice(0, 200)))));
    socket.once('error', reject);
  });
}
