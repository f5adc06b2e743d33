import { type MessageAttachment } from '../../../../core/conversations/direct-message.js';
import { md5Hex } from '../../../../crypto/digests.js';
import { type IdSource } from '../../../../kernel/id-source.js';
import { extensionOf } from './file-names.js';

/** What this dialect keeps beside a file. */
interface FileDetails {
  /** 32 hex digits, a dot and the extension in lower case */
  readonly stored_name: string;
}

const STORED_NAME = /^[0-9a-f]{32}\.[a-z0-9]+$/;
const NAME_BYTES = 16;

/** @returns the details of a new file; the name in them opens nothing */
export function newFileDetails(name: string, ids: IdSource): FileDetails {
  return { stored_name: `${ids.bytes(NAME_BYTES).toString('hex')}.${extensionOf(name).toLowerCase()}` };
}

/** @returns the name shown after `attachment/`; made up, but always the same, for files that came through another tongue */
export function storedNameOf({ details, wireId, name }: MessageAttachment): string {
  const stored = (details as Partial<FileDetails> | null | undefined)?.stored_name;
  if (typeof stored === 'string' && STORED_NAME.test(stored)) return stored;
  return `${md5Hex(`attachment/${wireId}`)}.${extensionOf(name).toLowerCase()}`;
}
