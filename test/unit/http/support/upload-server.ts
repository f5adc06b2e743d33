import express, { type Request, type Response } from 'express';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { withUpload, type Upload, type UploadRules } from '../../../../src/http/uploads.js';
import { type BlobStore } from '../../../../src/kernel/blob-store.js';
import { DomainError } from '../../../../src/kernel/domain-error.js';

export const BOUNDARY = 'frontier';

/** One part of a multipart body, as bytes. */
export function part(headers: string, content: Buffer | string = ''): Buffer {
  return Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`), Buffer.from(content as string), Buffer.from('\r\n')]);
}
export const field = (name: string, value: Buffer | string): Buffer => part(`Content-Disposition: form-data; name="${name}"`, value);
export const file = (name: string, filename: string, content: Buffer | string, type = 'application/octet-stream'): Buffer =>
  part(`Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`, content);
export const body = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);

/** What the server told of an upload. */
export interface Told {
  readonly status: number;
  readonly code?: string;
  readonly limit?: number;
  readonly fields?: Record<string, unknown>;
  readonly files?: Record<string, { name: string; type: string; size: number; key: string }>;
}

export interface UploadServer {
  readonly url: string;
  readonly port: number;
  /** how many uploads ended, well or not */
  ended(): number;
  /** codes of the uploads that failed so far */
  readonly codes: (string | undefined)[];
  post(bytes: Buffer, headers?: Record<string, string>): Promise<Told>;
  /** a bare connection */
  connect(): Promise<Socket>;
  close(): Promise<void>;
}

/** A server that does nothing but take uploads. */
export async function startUploads(
  blobs: () => BlobStore,
  rules: () => UploadRules,
  work: (upload: Upload) => Promise<void> = async () => undefined,
): Promise<UploadServer> {
  const app = express();
  const codes: (string | undefined)[] = [];
  let ended = 0;
  app.all('/upload', (request: Request, response: Response) => {
    void withUpload(request, blobs(), rules(), async (upload) => {
      await work(upload);
      return describe(upload);
    })
      .then(
        (told) => response.json(told),
        (error: unknown) => {
          const refusal = error instanceof DomainError ? { code: error.code, ...error.facts } : { code: `fault: ${(error as Error).message}` };
          codes.push(refusal.code);
          response.status(400).json(refusal);
        },
      )
      .finally(() => (ended += 1));
  });
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/upload`;
  return {
    url,
    port,
    codes,
    ended: () => ended,
    post: async (bytes, headers = {}) => {
      const response = await fetch(url, { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers } });
      return { status: response.status, ...((await response.json()) as object) };
    },
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          // what happens to it from here on is what a test is about
          socket.off('error', reject).on('error', () => undefined);
          resolve(socket);
        });
        socket.on('error', reject);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function describe({ fields, files }: Upload): Omit<Told, 'status'> {
  return {
    fields: { ...fields },
    files: Object.fromEntries(
      [...files].map(([name, { originalName, declaredType, blob }]) => [name, { name: originalName, type: declaredType, size: blob.size, key: blob.key }]),
    ),
  };
}
