import { type Request } from 'express';
import multer, { type StorageEngine } from 'multer';
import { type Readable } from 'node:stream';
import { type BlobStore, type ReceivedBlob } from '../kernel/blob-store.js';

/** A file of a multipart body. */
export interface ReceivedFile {
  readonly fieldName: string;
  /** as the client named it, without folders; for showing and for its extension, never for a path */
  readonly originalName: string;
  /** as the client declared it; says nothing about the content */
  readonly declaredType: string;
  /** its bytes; accepted by whoever wants to keep them */
  readonly blob: ReceivedBlob;
}

/** The storage engine of one request: streams its files into the blob store. */
export class UploadSession implements StorageEngine {
  readonly files = new Map<string, ReceivedFile>();
  /** the first fault of the store, or refusal by whoever was asked; null while there is none */
  failure: Error | null = null;
  private readonly pending = new Set<Promise<void>>();
  private readonly arrivals = new Map<string, number>();
  private arrived = 0;

  constructor(private readonly blobs: BlobStore) {}

  _handleFile(_request: Request, file: Express.Multer.File, done: (error?: unknown) => void): void {
    const work = this.receive(file).then(() => done(null), done);
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }

  /** Notes a refusal, so that it is told as it is. @returns the same */
  refuse(error: unknown): Error {
    this.failure ??= error as Error;
    return this.failure;
  }

  /** Called by multer for files of a request that failed; end() does that for all of them. */
  _removeFile(_request: Request, _file: Express.Multer.File, done: (error: Error | null) => void): void {
    done(null);
  }

  /** Waits until nothing is being written any more and throws away what was not accepted. */
  async end(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    for (const { blob } of this.files.values()) await blob.discard();
  }

  /** Files are written beside each other: the one that came last counts, not the one that was done last. */
  private async receive(file: Express.Multer.File): Promise<void> {
    const arrival = (this.arrived += 1);
    const blob = await this.write(file.stream);
    if (arrival < (this.arrivals.get(file.fieldname) ?? 0)) return blob.discard();
    this.arrivals.set(file.fieldname, arrival);
    const earlier = this.files.get(file.fieldname);
    this.files.set(file.fieldname, {
      fieldName: file.fieldname,
      originalName: file.originalname,
      declaredType: file.mimetype,
      blob,
    });
    await earlier?.blob.discard();
  }

  private async write(stream: Readable & { readonly truncated?: boolean }): Promise<ReceivedBlob> {
    // the parser says that a file is too long, but ends it, as if it were whole, only where the client does
    const cut = (): unknown => stream.destroy(new multer.MulterError('LIMIT_FILE_SIZE'));
    if (stream.truncated) cut();
    else stream.once('limit', cut);
    const writer = await this.asOurs(this.blobs.create());
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) await this.asOurs(writer.write(chunk));
      return await this.asOurs(writer.finish());
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  /** Notes a fault of the store, so that it is not taken for one of the client. */
  private async asOurs<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failure ??= error as Error;
      throw error;
    }
  }
}

