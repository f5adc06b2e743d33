import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/**
 * A TCP proxy that does harm: it cuts connections, and lets answers get lost after the server gave
 * them. A request gone out and an answer lost look the same to a client, and that is the point.
 */
export class Proxy {
  #server;
  #pairs = new Set();
  /** share of answers that get lost, of 1 */
  lossShare = 0;
  lost = 0;

  constructor(targetPort, chance) {
    this.targetPort = targetPort;
    this.chance = chance;
  }

  static async start(targetPort, chance) {
    const proxy = new Proxy(targetPort, chance);
    proxy.#server = createServer({ noDelay: true }, (client) => proxy.#join(client)).listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Ends every connection at once, whatever is on its way. */
  cut() {
    for (const end of [...this.#pairs]) end();
  }

  async close() {
    this.cut();
    this.#server.close();
  }

  #join(client) {
    const server = connect({ host: '127.0.0.1', port: this.targetPort, noDelay: true });
    const end = () => {
      this.#pairs.delete(end);
      client.destroy();
      server.destroy();
    };
    this.#pairs.add(end);
    let asked = false;
    client.on('data', (chunk) => {
      asked = true;
      if (!server.write(chunk)) {
        client.pause();
        server.once('drain', () => client.resume());
      }
    });
    server.on('data', (chunk) => {
      const isFirst = asked;
      asked = false;
      if (isFirst && this.lossShare > 0 && this.chance.chance(this.lossShare)) {
        this.lost += 1;
        end();
        return;
      }
      client.write(chunk);
    });
    for (const side of [client, server]) side.on('error', end).on('close', end);
  }
}
