import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import forge from 'node-forge';

/** Counts who comes. */
export interface Listener {
  readonly port: number;
  readonly connections: number;
  close(): Promise<void>;
}

/** Accepts connections and says nothing. @param port of another listener, to share it on another address */
export async function listenSilently(address: string, port = 0): Promise<Listener> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
  });
  await listening(server, address, port);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface WebServer extends Listener {
  readonly seen: readonly Seen[];
}

/** A certificate with its key, both PEM. It signs itself, so it is also its own authority. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** @param names of hosts and IPv4 addresses that it is good for */
export function makeCertificate(names: readonly string[]): TestCertificate {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 24 * 3_600_000);
  const subject = [{ name: 'commonName', value: 'polypost test' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })) },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(keys.privateKey) };
}

/**
 * A server of the test's own.
 * @param answer what it does with a request; default 200 and `fine`
 * @param certificate makes it HTTPS
 */
export async function serveWeb(address: string, answer?: RequestListener, certificate?: TestCertificate): Promise<WebServer> {
  let connections = 0;
  const seen: Seen[] = [];
  const handle: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      if (answer) answer(request, response);
      else response.end('fine');
    });
  };
  const server: HttpServer = certificate ? createHttps(certificate, handle) : createHttp(handle);
  server.on('connection', () => (connections += 1));
  await listening(server, address, 0);
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    get connections() {
      return connections;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server, address: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
}
