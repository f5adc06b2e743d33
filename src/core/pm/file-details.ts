/** Stored bytes of a small picture that a file is shown by. */
export interface StoredThumbnail {
  readonly storageKey: string;
  readonly mediaType: string;
  readonly byteSize: number;
  readonly sha256: Buffer;
}

/** What is kept beside the file of a message. */
export interface FileDetails {
  /** the name of the file in every message that carries it; null for files that came through another tongue */
  readonly uuid: string | null;
  /** seconds, as told */
  readonly duration: number | null;
  readonly thumbnail: StoredThumbnail | null;
}

/** The members as they are stored; two of them are looked for by the storage. */
interface Stored {
  readonly uuid: string;
  readonly duration?: number;
  readonly thumbnail?: { readonly storage_key: string; readonly media_type: string; readonly byte_size: number; readonly sha256: string };
}

/** @returns the details as a message keeps them */
export function storedDetails(uuid: string, duration: number | null, thumbnail: StoredThumbnail | null): object {
  return {
    uuid,
    ...(duration !== null && { duration }),
    ...(thumbnail && {
      thumbnail: {
        storage_key: thumbnail.storageKey,
        media_type: thumbnail.mediaType,
        byte_size: thumbnail.byteSize,
        sha256: thumbnail.sha256.toString('hex'),
      },
    }),
  } satisfies Stored;
}

/** Reads what storedDetails wrote; anything else tells nothing. */
export function fileDetails(details: unknown): FileDetails {
  const { uuid, duration, thumbnail } = (details ?? {}) as Partial<Stored>;
  if (typeof uuid !== 'string') return { uuid: null, duration: null, thumbnail: null };
  return {
    uuid,
    duration: duration ?? null,
    thumbnail: thumbnail
      ? {
          storageKey: thumbnail.storage_key,
          mediaType: thumbnail.media_type,
          byteSize: thumbnail.byte_size,
          sha256: Buffer.from(thumbnail.sha256, 'hex'),
        }
      : null,
  };
}
