import { Injectable } from '@nestjs/common';
import { type RandomAccess, type ReceivedBlob } from '../../kernel/blob-store.js';
import { DomainError } from '../../kernel/domain-error.js';
import { cleanedPicture, isPicture, planPicture } from '../../media/clean-picture.js';
import { type PicturePlan } from '../../media/picture.js';
import { type MediaFamily, type MediaKind, sniff, UNKNOWN_TYPE } from '../../media/sniff.js';

/** What a message API takes as a file. */
export interface FileRules {
  /**
   * for each extension, in lower case and without its dot, what a file of that name may be by its
   * content; null: any file under any name
   */
  readonly allowed: Readonly<Record<string, readonly MediaFamily[]>> | null;
  readonly emptyAllowed: boolean;
  /** pixels, for width and height each; null: any */
  readonly pictureSideMax: number | null;
  /** a picture whose structure is broken: refuse it, or take it as bytes of no known type */
  readonly brokenPictures: 'refuse' | 'as_bytes';
}

/** Why a file is not taken. */
export type FileRefusal = 'empty' | 'extension' | 'content' | 'broken_picture' | 'too_large_picture';

/** A file that is taken, judged by its content. */
export interface ExaminedFile extends MediaKind {
  readonly refused: null;
  /** pixels; null for anything but a whole picture */
  readonly width: number | null;
  /** pixels; null for anything but a whole picture */
  readonly height: number | null;
}

/** @returns the extension of a file name in lower case without its dot; empty where there is none */
export function extensionOf(name: string): string {
  return /\.([^./\\]{1,32})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** Looks at files that have come in, before anything of them is stored for good. */
@Injectable()
export class AttachmentIntake {
  /**
   * Tells what a file is by its content, whether the rules take it, and removes what a picture
   * tells beside its pixels (place, camera, comments): the blob holds the cleaned bytes then. The
   * pixels are not touched, nor is the orientation. The caller accepts or discards the blob.
   *
   * @param name as the client gave it; only its extension counts
   * @returns the file, or why it is refused
   */
  async examine(blob: ReceivedBlob, name: string, rules: FileRules): Promise<ExaminedFile | { readonly refused: FileRefusal }> {
    if (blob.size === 0 && !rules.emptyAllowed) return { refused: 'empty' };
    const families = rules.allowed && familiesOf(rules.allowed, name);
    if (rules.allowed && !families) return { refused: 'extension' };
    const { kind, plan } = await blob.inspect(look);
    if (families && !families.includes(kind.family)) return { refused: 'content' };
    if (!isPicture(kind.family)) return { refused: null, ...kind, width: null, height: null };
    if (!plan) return rules.brokenPictures === 'refuse' ? { refused: 'broken_picture' } : JUST_BYTES;
    const { width, height } = plan;
    if (rules.pictureSideMax !== null && Math.max(width, height) > rules.pictureSideMax) return { refused: 'too_large_picture' };
    if (plan.changed) await blob.rewrite((bytes) => cleanedPicture(plan, bytes));
    return { refused: null, ...kind, width, height };
  }
}

const JUST_BYTES: ExaminedFile = { refused: null, family: 'other', mediaType: UNKNOWN_TYPE, width: null, height: null };

function familiesOf(allowed: Readonly<Record<string, readonly MediaFamily[]>>, name: string): readonly MediaFamily[] | null {
  const extension = extensionOf(name);
  return Object.hasOwn(allowed, extension) ? (allowed[extension] ?? null) : null;
}

async function look(bytes: RandomAccess): Promise<{ kind: MediaKind; plan: PicturePlan | null }> {
  const kind = await sniff(bytes);
  if (!isPicture(kind.family)) return { kind, plan: null };
  try {
    return { kind, plan: await planPicture(kind.family, bytes) };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'attachment_refused') return { kind, plan: null };
    throw error;
  }
}
