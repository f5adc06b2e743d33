import { md5Hex } from '../../../crypto/digests.js';

/** Names of the picture sizes in the order of the wire, each with its side in pixels. */
export const ICON_SIZES = { topbar: 20, smaller: 32, small: 50, larger: 100, large: 170 } as const;

/** The name of a picture size. */
export type IconSize = keyof typeof ICON_SIZES;

/**
 * @param base the address of the site, with a slash at its end
 * @returns where a user's picture lies; the hash is the original's and opens nothing
 */
export function iconUrl(base: string, username: string, size: IconSize): string {
  return `${base}avatar/${encodeURIComponent(username)}/${size}/${md5Hex(username + size)}.jpeg`;
}
