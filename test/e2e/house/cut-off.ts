import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

/** A way to a database that can be cut off and restored. */
export interface CutOff {
  /** the address of the database by this way */
  readonly url: string;
  /** ends every connection; new ones are refused at the first byte */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

/** Puts a forwarder before the database at `url`, which may be reached by TCP or by socket file. */
export async function cutOff(url: string): Promise<CutOff> {
  const parsed = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?([^/]*)\/([^?]*)(?:\?(.*))?$/.exec(url);
  const [, user = 'postgres', authority = '', name = '', query = ''] = parsed ?? [];
  const parameters = new URLSearchParams(query);
  const folder = parameters.get('host');
  const [host = '127.0.0.1', port = '5432'] = authority.split(':');
  const target = folder ? { path: join(folder, `.s.PGSQL.${parameters.get('port') ?? (port || '5432')}`) } : { host, port: Number(port) };
  let open = true;
  const sockets = new Set<Socket>();
  const server = net.createServer((client) => {
    if (!open) {
      client.destroy();
      return;
    }
    const database = net.connect(target as net.NetConnectOpts);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.pipe(database).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const cut = (): void => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `postgres://${parameters.get('user') ?? user}@127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
    cut,
    restore: () => {
      open = true;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
