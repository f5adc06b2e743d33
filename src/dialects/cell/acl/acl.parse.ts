import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { type CellPrivilege, isCellPrivilege } from '../../../core/cell/access/privileges.js';
import { CellFault } from '../cell.faults.js';

const DAV = 'DAV:';
const OURS = 'urn:x-personium:xmlns';
const XML = 'http://www.w3.org/XML/1998/namespace';
const ENTRIES_MAX = 1000;
const HREF_CHARACTERS_MAX = 2048;

/** One entry of the list as it is written. */
export interface AclEntry {
  /** what stands in `href`, null for `all` */
  readonly href: string | null;
  readonly privileges: readonly CellPrivilege[];
}

/** The list as it is written. */
export interface AclDocument {
  /** `xml:base` */
  readonly base: string | null;
  readonly entries: readonly AclEntry[];
}

/** Which elements of DAV: may stand in which. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  '': ['acl'],
  acl: ['ace'],
  ace: ['principal', 'grant'],
  principal: ['href', 'all'],
  grant: ['privilege'],
  privilege: [],
  href: [],
  all: [],
};

/**
 * Reads the list of a cell in the form of WebDAV (CELL-16).
 *
 * @throws CellFault PR400-DV-0001 for what is no such XML, or has a DTD, entities of its own or
 *   processing instructions; PR400-DV-0006 for an unknown privilege
 */
export function parseAcl(bytes: Buffer): AclDocument {
  if (bytes.length === 0 || !isUtf8(bytes)) throw broken();
  const reader = new AclReader();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  // entities that nobody declared are errors, and nobody can declare one
  parser.on('error', refuse);
  parser.on('opentag', (tag) => reader.open(tag));
  parser.on('closetag', (tag) => reader.close(tag));
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.write(bytes.toString('utf8')).close();
  return reader.document();
}

class AclReader {
  private readonly path: string[] = [];
  private readonly entries: AclEntry[] = [];
  private base: string | null = null;
  private seen = false;
  private href: string | null = null;
  private hasPrincipal = false;
  private hasGrant = false;
  private privileges: CellPrivilege[] = [];

  open(tag: SaxesTagNS): void {
    const parent = this.path.at(-1) ?? '';
    if (parent === 'privilege') {
      this.privileges.push(privilegeOf(tag));
      this.path.push('*');
      return;
    }
    if (tag.uri !== DAV || !(CHILDREN[parent] ?? []).includes(tag.local)) throw broken();
    this.path.push(tag.local);
    if (tag.local === 'acl') {
      this.seen = true;
      this.base = Object.values(tag.attributes).find(({ uri, local }) => uri === XML && local === 'base')?.value ?? null;
    } else if (tag.local === 'ace') {
      [this.href, this.hasPrincipal, this.hasGrant, this.privileges] = [null, false, false, []];
    } else if (tag.local === 'href' || tag.local === 'all') {
      if (this.hasPrincipal) throw broken();
      this.hasPrincipal = true;
      this.href = tag.local === 'href' ? '' : null;
    } else if (tag.local === 'grant') {
      this.hasGrant = true;
    }
  }

  close(_tag: SaxesTagNS): void {
    const name = this.path.pop();
    if (name !== 'ace') return;
    if (!this.hasPrincipal || !this.hasGrant || this.entries.length >= ENTRIES_MAX) throw broken();
    this.entries.push({ href: this.href === null ? null : this.href.trim(), privileges: this.privileges });
  }

  text(text: string): void {
    if (this.path.at(-1) === 'href') {
      this.href = `${this.href ?? ''}${text}`;
      if (this.href.length > HREF_CHARACTERS_MAX) throw broken();
    } else if (text.trim() !== '') {
      throw broken();
    }
  }

  document(): AclDocument {
    if (!this.seen) throw broken();
    return { base: this.base, entries: this.entries };
  }
}

function privilegeOf({ uri, local }: SaxesTagNS): CellPrivilege {
  if (uri !== OURS || !isCellPrivilege(local)) throw new CellFault('PR400-DV-0006', local);
  return local;
}

function refuse(): never {
  throw broken();
}

function broken(): CellFault {
  return new CellFault('PR400-DV-0001');
}
