import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../config/config.js';
import { CellAccess, type CellCaller, type CellHoldings } from '../../core/cell/access/cell-access.js';
import { type CellPrivilege } from '../../core/cell/access/privileges.js';
import { Cells } from '../../core/cell/control/cells.js';
import { constantTimeEqual } from '../../crypto/constant-time.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { type CellCode, CellFault } from './cell.faults.js';
import { cellNameOf } from './cell.routes.js';
import { CellUrls } from './cell.urls.js';
import { type CellClaims, CellTokens } from './tokens/cell-tokens.js';

/** A cell that a request is about. */
export interface CellPlace {
  readonly id: Id;
  readonly name: string;
  /** with the slash at its end */
  readonly url: string;
  /** its mailbox */
  readonly boxId: Id;
  readonly createdAt: Date;
}

/** Who asks, and what he may do in the cell. */
export interface CellPrincipal {
  readonly cell: CellPlace;
  /** admin: of the whole server. visitor: vouched for by another cell. anyone: without a token that opens anything */
  readonly kind: 'admin' | 'account' | 'visitor' | 'anyone';
  readonly accountId: Id | null;
  /** address of the cell that made the token */
  readonly issuer: string | null;
  /** the issuer itself, or `{issuer}#{account}` */
  readonly subject: string | null;
  /** address of the app the token was made for */
  readonly schema: string | null;
  readonly roles: readonly Id[];
  readonly privileges: ReadonlySet<CellPrivilege>;
}

/** What a token turned out to be: whose it is, or why it opens nothing. */
type Bearer = { readonly kind: 'admin' } | { readonly kind: 'claims'; readonly claims: CellClaims } | { readonly kind: 'refused'; readonly code: CellCode };

const BEARER = /^Bearer +(\S+)$/i;

/** Finds out which cell is meant, who asks, and whether he may. */
@Injectable()
export class CellGate {
  private readonly adminToken: Buffer;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Cells) private readonly cells: Cells,
    @Inject(CellAccess) private readonly access: CellAccess,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(CellTokens) private readonly tokens: CellTokens,
  ) {
    this.adminToken = Buffer.from(config.house.POLYPOST_ADMIN_TOKEN, 'utf8');
  }

  /** @throws CellFault PR404-DV-0003 */
  async cellOf(request: Request): Promise<CellPlace> {
    const name = cellNameOf(request.path);
    // the patterns of routes fit paths of others, too
    if (name === null) throw new DomainError('route_not_found');
    const found = await this.cells.byName(name);
    if (!found) throw new CellFault('PR404-DV-0003');
    return { ...found, url: this.urls.cellUrl(found.name), boxId: await this.cells.mailboxOf(found.id) };
  }

  /**
   * Lets a request in whose bearer holds every one of the privileges (CELL-13 to 15).
   * @throws CellFault PR404-DV-0003; 401 with the code of what is wrong with the token; PR403-AU-0002
   */
  async admit(request: Request, ...needed: readonly CellPrivilege[]): Promise<CellPrincipal> {
    const cell = await this.cellOf(request);
    const bearer = await this.bearerOf(request, cell);
    if (bearer.kind === 'admin') return { ...nameless(cell, 'admin'), privileges: EVERYTHING };
    if (bearer.kind === 'claims') return allowed(named(cell, bearer.claims, await this.access.holdingsOf(cell.id, callerOf(bearer.claims, cell))), needed);
    // what everybody may do, those with a token that opens nothing may do, too
    const holdings = await this.access.holdingsOf(cell.id, { kind: 'anyone' });
    if (!needed.every((privilege) => holdings.privileges.has(privilege))) throw new CellFault(bearer.code);
    return { ...nameless(cell, 'anyone'), ...holdings };
  }

  /**
   * Lets in who delivers a message: another cell as itself (CELL-41). No privilege is needed.
   * @returns the cell that is called, and the address of the one that calls
   * @throws CellFault PR404-DV-0003; 401; PR403-AU-0002 for every other valid token
   */
  async admitPeer(request: Request): Promise<{ readonly cell: CellPlace; readonly issuer: string }> {
    const cell = await this.cellOf(request);
    const bearer = await this.bearerOf(request, cell);
    if (bearer.kind === 'refused') throw new CellFault(bearer.code);
    if (bearer.kind === 'admin' || bearer.claims.use !== 'trans' || bearer.claims.subject !== bearer.claims.issuer) throw new CellFault('PR403-AU-0002');
    return { cell, issuer: bearer.claims.issuer };
  }

  /**
   * Lets in the administrator of the server, and nobody else (CELL-70).
   * @throws CellFault PR401-AU-0001 without a token, PR403-AU-0001 with any other
   */
  admitUnitAdmin(request: Request): void {
    const token = tokenOf(request);
    if (token === null) throw new CellFault('PR401-AU-0001');
    if (token === undefined || !this.isAdmin(token)) throw new CellFault('PR403-AU-0001');
  }

  /** @throws CellFault PR403-AU-0002 when somebody who is in lacks a further privilege */
  require(principal: CellPrincipal, ...needed: readonly CellPrivilege[]): void {
    allowed(principal, needed);
  }

  /**
   * @returns whether the cell that made a token for another one is still there, and the account it was made for.
   *   Of cells of other servers nobody here can tell: their tokens are good until they expire.
   */
  async isVouchedFor({ use, issuer, cellId, accountId }: CellClaims): Promise<boolean> {
    if (use !== 'trans' || !this.urls.isLocal(issuer)) return true;
    const name = this.urls.localName(issuer);
    return name !== null && cellId !== null && this.cells.vouches({ id: cellId, name }, accountId);
  }

  private async bearerOf(request: Request, cell: CellPlace): Promise<Bearer> {
    const token = tokenOf(request);
    if (token === null) return { kind: 'refused', code: 'PR401-AU-0001' };
    if (token === undefined) return { kind: 'refused', code: 'PR401-AU-0003' };
    if (this.isAdmin(token)) return { kind: 'admin' };
    const verdict = await this.tokens.verify(token);
    if (!verdict.ok) return { kind: 'refused', code: CODES[verdict.why] };
    const { claims } = verdict;
    if (claims.use === 'refresh') return { kind: 'refused', code: 'PR401-AU-0007' };
    if (!isFor(claims, cell) || !(await this.isVouchedFor(claims))) return { kind: 'refused', code: 'PR401-AU-0006' };
    return { kind: 'claims', claims };
  }

  private isAdmin(token: string): boolean {
    return constantTimeEqual(Buffer.from(token, 'utf8'), this.adminToken);
  }
}

const CODES = { unreadable: 'PR401-AU-0006', signature: 'PR401-AU-0008', expired: 'PR401-AU-0002' } as const satisfies Record<string, CellCode>;

/** Stands for every privilege there is or will be. */
const EVERYTHING: ReadonlySet<CellPrivilege> = new Set<CellPrivilege>([
  'root', 'message', 'message-read', 'social', 'social-read', 'auth', 'auth-read', 'box', 'box-read', 'acl', 'acl-read',
]);

/** @returns null without a header, undefined where it is of another scheme */
function tokenOf(request: Request): string | null | undefined {
  const header = request.headers.authorization?.trim();
  if (header === undefined || header === '') return null;
  return BEARER.exec(header)?.[1];
}

/** A token of a cell that was deleted is not one of the cell that has its name now. */
function isFor({ use, audience, cellId }: CellClaims, cell: CellPlace): boolean {
  return audience === cell.url && (use === 'trans' || cellId === cell.id);
}

/** A cell that calls itself with a token for others is a visitor like others. */
function callerOf({ use, accountId, issuer }: CellClaims, _cell: CellPlace): CellCaller {
  return use === 'access' && accountId !== null ? { kind: 'account', accountId } : { kind: 'visitor', url: issuer };
}

function named(cell: CellPlace, claims: CellClaims, holdings: CellHoldings): CellPrincipal {
  const { issuer, subject, schema, accountId } = claims;
  return { cell, kind: claims.use === 'access' ? 'account' : 'visitor', accountId, issuer, subject, schema, ...holdings };
}

function nameless(cell: CellPlace, kind: 'admin' | 'anyone'): CellPrincipal {
  return { cell, kind, accountId: null, issuer: null, subject: null, schema: null, roles: [], privileges: new Set() };
}

function allowed(principal: CellPrincipal, needed: readonly CellPrivilege[]): CellPrincipal {
  if (!needed.every((privilege) => principal.privileges.has(privilege))) throw new CellFault('PR403-AU-0002');
  return principal;
}
