import { must } from './broken-media.js';

/** Chunks, segments or blocks of one picture; honest files have some thousand. */
const PARTS_MAX = 200_000;

/** A stretch of the original bytes, its end not included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** One piece of the picture without its metadata: kept bytes, or new ones. */
export type Piece = Stretch | Buffer;

/** What a walk through a picture found, and what to keep of it. */
export interface PicturePlan {
  /** the largest width of the canvas or a frame, in pixels */
  readonly width: number;
  /** the largest height of the canvas or a frame, in pixels */
  readonly height: number;
  /** the picture without metadata, in order */
  readonly pieces: readonly Piece[];
  /** whether the pieces differ from the original */
  readonly changed: boolean;
}

/** Collects the pieces to keep. */
export class PlanBuilder {
  private readonly pieces: Piece[] = [];
  private parts = 0;
  width = 0;
  height = 0;

  /** @param size of the original, in bytes */
  constructor(private readonly size: number) {}

  /** Keeps original bytes; neighbours become one piece. */
  keep(from: number, to: number): void {
    must(to <= this.size);
    const last = this.pieces.at(-1);
    if (last && !Buffer.isBuffer(last) && last.to === from) this.pieces[this.pieces.length - 1] = { from: last.from, to };
    else if (to > from) this.pieces.push({ from, to });
  }

  /** Puts new bytes in. */
  insert(bytes: Buffer): void {
    this.pieces.push(bytes);
  }

  /** Notes the size of the canvas or of a frame. Sizes without any pixel are refused. */
  measure(width: number, height: number): void {
    must(width > 0 && height > 0);
    this.width = Math.max(this.width, width);
    this.height = Math.max(this.height, height);
  }

  /** Counts a part; a picture of too many is refused, so that no file takes for ever. */
  count(): void {
    this.parts += 1;
    must(this.parts <= PARTS_MAX);
  }

  /** bytes of all pieces so far */
  get bytes(): number {
    return this.pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.to - piece.from), 0);
  }

  build(): PicturePlan {
    must(this.width > 0);
    const [only] = this.pieces;
    const whole = this.pieces.length === 1 && only && !Buffer.isBuffer(only) && only.from === 0 && only.to === this.size;
    return { width: this.width, height: this.height, pieces: this.pieces, changed: !whole };
  }
}
