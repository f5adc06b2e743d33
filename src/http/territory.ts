import { type Dialect } from './dialect.js';
import { HOUSE_SEGMENTS } from './house.js';

/**
 * Who owns a path. Ownership, not the controller that happened to run, decides how an error is
 * worded: most refusals happen before any controller is chosen.
 */
export class Territory {
  private readonly reserved: ReadonlySet<string>;

  /** @param dialects the enabled dialects, most specific first */
  constructor(readonly dialects: readonly Dialect[]) {
    this.reserved = new Set([...HOUSE_SEGMENTS, ...dialects.flatMap((dialect) => dialect.reservedSegments.map(fold))]);
  }

  /**
   * @param path raw path without query; may hold malformed percent-encoding
   * @returns the owner among the enabled dialects, or null
   */
  ownerOf(path: string): Dialect | null {
    for (const dialect of this.dialects) if (dialect.owns(path)) return dialect;
    return null;
  }

  /**
   * Whether a first path segment is taken, in any letter case and however it is encoded.
   * @param segment one segment without slashes
   */
  isReserved(segment: string): boolean {
    return this.reserved.has(fold(segment));
  }
}

/** @returns the decoded text, or null where the percent-encoding is malformed */
export function decodeSegment(segment: string): string | null {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** Whether a path can be decoded at all; the router would throw on one that cannot. */
export function isDecodable(path: string): boolean {
  return decodeSegment(path) !== null;
}

function fold(segment: string): string {
  return (decodeSegment(segment) ?? segment).normalize('NFKC').toLowerCase();
}
