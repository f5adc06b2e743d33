import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { isCellName } from './cell.routes.js';

const URL_CHARACTERS_MAX = 1024;
const LOCAL_UNIT = /^personium-localunit:\/*/i;
/** No blanks and no control characters; a backslash would be read as a slash. */
const ADDRESS = /^(?:https?:\/\/|personium-localunit:)[^\0-\x20\x7f\\?#]+$/i;

/** Addresses of cells: of this server always from its settings, never from what a request says. */
@Injectable()
export class CellUrls {
  /** public address of the server, with the slash at its end */
  readonly unitUrl: string;

  constructor(@Inject(Config) config: Config) {
    this.unitUrl = canonical(`${config.publicUrl}/`) ?? `${config.publicUrl}/`;
  }

  /** @returns the address of a cell of this server, with the slash at its end */
  cellUrl(name: string): string {
    return `${this.unitUrl}${name}/`;
  }

  /**
   * Brings the address of a cell into its one form: the alias of this server resolved, the host in
   * lower case, a slash at the end.
   *
   * @param text as a client wrote it, at most 1024 characters
   * @returns null when it is no absolute http, https or personium-localunit address of a cell
   */
  normalise(text: string): string | null {
    const url = this.absolute(text);
    return url === null || url.endsWith('/') ? url : `${url}/`;
  }

  /**
   * The same without a slash that was not there: for addresses inside of cells.
   * @returns null as normalise
   */
  absolute(text: string): string | null {
    if (text.length > URL_CHARACTERS_MAX || !ADDRESS.test(text)) return null;
    if (!LOCAL_UNIT.test(text)) return canonical(text);
    const rest = text.replace(LOCAL_UNIT, '');
    return rest === '' ? null : canonical(`${this.unitUrl}${rest}`);
  }

  /**
   * @param url normalised
   * @returns the name of the cell of this server that has this address, null for all others. There need not be such a cell.
   */
  localName(url: string): string | null {
    if (!url.startsWith(this.unitUrl) || !url.endsWith('/')) return null;
    const name = url.slice(this.unitUrl.length, -1);
    return isCellName(name) ? name : null;
  }

  /** @returns whether an address lies on this server */
  isLocal(url: string): boolean {
    return url.startsWith(this.unitUrl);
  }
}

function canonical(text: string): string | null {
  const url = URL.parse(text);
  if (!url || url.hostname === '' || url.username !== '' || url.password !== '') return null;
  // characters beyond ASCII make it longer
  return url.href.length > URL_CHARACTERS_MAX ? null : url.href;
}
