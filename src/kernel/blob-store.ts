import { type Readable } from 'node:stream';

/** Name of stored bytes: their SHA-256 in lower-case hex. Equal bytes have one name and lie there once. */
export type BlobKey = string;

/** A part of some bytes. */
export interface ByteRange {
  /** first byte, from 0 */
  readonly offset: number;
  /** number of bytes, at least 1 */
  readonly length: number;
}

/** Bytes that can be read anywhere, for parsers that must not hold them all. */
export interface RandomAccess {
  /** in bytes */
  readonly size: number;
  /**
   * Fills a buffer with the bytes from `offset` on.
   * @returns how many were there: all it can hold, unless the bytes end before
   */
  readInto(target: Uint8Array, offset: number): Promise<number>;
}

/** Takes bytes in order. Whoever opens one ends it with finish or abort, on every path. */
export interface BlobWriter {
  /**
   * Adds bytes; one call at a time. The buffer may be used again when it resolves.
   * @throws DomainError overloaded when the disk is full or handles have run out
   */
  write(chunk: Uint8Array): Promise<void>;
  /** @returns what was written, not yet stored for good */
  finish(): Promise<ReceivedBlob>;
  /** Throws away what was written. May be called at any time, also twice; never rejects. */
  abort(): Promise<void>;
}

/**
 * Bytes that have come in whole but are not part of the store yet. Ends with accept or discard.
 * One call at a time.
 */
export interface ReceivedBlob {
  readonly key: BlobKey;
  /** in bytes */
  readonly size: number;
  /** 32 bytes */
  readonly sha256: Buffer;
  /** Opens the bytes for the time of `work`; they must not be used after it. */
  inspect<T>(work: (bytes: RandomAccess) => Promise<T>): Promise<T>;
  /**
   * Puts other bytes in the place of these; key, size and digest change with them. Where that
   * fails, they stay as they are.
   * @param make gives the new bytes; each buffer may be used again when the next one is asked for
   */
  rewrite(make: (bytes: RandomAccess) => AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Stores the bytes under their key so that they outlive a power cut. To be called before the
   * row that refers to them is committed: bytes without a row are swept after a grace time, a
   * row without bytes would be a loss. Calling it again changes nothing.
   */
  accept(): Promise<BlobKey>;
  /** Throws the bytes away unless they were accepted. May be called at any time; never rejects. */
  discard(): Promise<void>;
}

/** Stored bytes, opened. */
export interface OpenBlob {
  /** of the whole, in bytes */
  readonly size: number;
  /** the bytes, or the range asked for; must be read to its end or destroyed */
  readonly stream: Readable;
}

/** What lies under a key. */
export interface BlobStat {
  /** in bytes */
  readonly size: number;
  /** when it was last accepted or renewed */
  readonly renewedAt: Date;
}

/** Port of the place where the bytes of files lie, each content once, named by its digest. */
export abstract class BlobStore {
  /**
   * Begins to take bytes in.
   * @throws DomainError overloaded when the disk is full or handles have run out
   */
  abstract create(): Promise<BlobWriter>;
  /**
   * @param range within the size; default everything
   * @returns null when nothing lies under the key
   */
  abstract read(key: BlobKey, range?: ByteRange): Promise<OpenBlob | null>;
  /** @returns null when nothing lies under the key */
  abstract stat(key: BlobKey): Promise<BlobStat | null>;
  /**
   * Begins the grace time of stored bytes anew; to be called before a further row refers to them.
   * @returns false when they are not there
   */
  abstract renew(key: BlobKey): Promise<boolean>;
  /** @returns the keys of everything last renewed before that time, in lists of bounded length */
  abstract renewedBefore(time: Date): AsyncIterable<readonly BlobKey[]>;
  /**
   * Removes bytes unless they were accepted or renewed at or after that time; safe against an
   * upload of the same bytes at the same moment, in this process or another.
   * @returns whether they were removed
   */
  abstract removeStale(key: BlobKey, renewedBefore: Date): Promise<boolean>;
  /**
   * Clears up behind processes that died: unfinished uploads not written to since that time.
   * @returns how many were removed
   */
  abstract removeLeftovers(writtenBefore: Date): Promise<number>;
}
