import { type Id } from './id-source.js';

/** Anything that can send or receive, as a dialect names it. Storage turns it into a small id. */
export type MailboxRef =
  | { readonly kind: 'user'; readonly userId: Id }
  /** hash: 32 bytes, a keyed hash of the public key; the key itself is never stored */
  | { readonly kind: 'key'; readonly hash: Buffer }
  | { readonly kind: 'cell'; readonly cellId: Id }
  | { readonly kind: 'remote'; readonly url: string };

/** @returns a text that is equal exactly for equal references; for maps and caches, not for the wire */
export function mailboxRefKey(ref: MailboxRef): string {
  switch (ref.kind) {
    case 'user':
      return `u:${ref.userId}`;
    case 'key':
      return `k:${ref.hash.toString('base64')}`;
    case 'cell':
      return `c:${ref.cellId}`;
    case 'remote':
      return `r:${ref.url}`;
  }
}
