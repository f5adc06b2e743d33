import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellAccountInfo, type CellLogin, CellLogins } from '../../../core/cell/control/cell-logins.js';
import { clientKey } from '../../../http/client-address.js';
import { RateLimiter } from '../../../http/rate-limiter.js';
import { bytesOfBody } from '../cell.bodies.js';
import { type CellCode, CellFault } from '../cell.faults.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { RATES } from '../cell.rates.js';
import { CellUrls } from '../cell.urls.js';
import { type CellClaims, CellTokens } from './cell-tokens.js';
import { parseTokenRequest, type TokenRequest } from './token.parse.js';

const ACCOUNT_CHARACTERS_MAX = 128;

/** A token as it is answered with. */
export interface TokenAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** where the token can be used, when that is another cell */
  readonly location: string | null;
}

/** Somebody who gets a token. */
interface Holder {
  readonly account: CellAccountInfo;
  /** address of the app, from a token that is renewed */
  readonly schema: string | null;
  readonly login: CellLogin | null;
}

/** Gives out tokens of a cell for passwords and refresh tokens (CELL-11). */
@Injectable()
export class TokenFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(CellTokens) private readonly tokens: CellTokens,
    @Inject(CellLogins) private readonly logins: CellLogins,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** @throws CellFault PR404-DV-0003, PR400-AN-…; DomainError rate_limited, overloaded */
  async give(request: Request): Promise<TokenAnswer> {
    const cell = await this.gate.cellOf(request);
    const wanted = parseTokenRequest(bytesOfBody(request), this.urls);
    const app = wanted.client && (await this.appOf(wanted.client, cell));
    const holder = await this.holderOf(request, wanted.grant, cell);
    // a token that an app asked for cannot be renewed by another one
    if (app !== null && holder.schema !== null && app !== holder.schema) throw new CellFault('PR400-AN-0009');
    return this.answer(cell, holder, app ?? holder.schema, wanted);
  }

  private holderOf(request: Request, grant: TokenRequest['grant'], cell: CellPlace): Promise<Holder> {
    return grant.kind === 'password' ? this.byPassword(request, grant, cell) : this.byRefreshToken(grant.refreshToken, cell);
  }

  private async byPassword(request: Request, { username, password }: { username: string; password: string }, cell: CellPlace): Promise<Holder> {
    const account = `${cell.id} ${username.slice(0, ACCOUNT_CHARACTERS_MAX)}`;
    const address = clientKey(request);
    this.limiter.check('cell.password_account', account, RATES['cell.password_account']);
    this.limiter.check('cell.password_address', address, RATES['cell.password_address']);
    // such a text is no name, and could not be looked for
    const login = username.includes('\0') ? null : await this.logins.execute(cell.id, username, password);
    if (login) return { account: login.account, schema: null, login };
    this.limiter.penalise('cell.password_account', account, RATES['cell.password_account']);
    this.limiter.penalise('cell.password_address', address, RATES['cell.password_address']);
    throw new CellFault('PR400-AN-0017');
  }

  private async byRefreshToken(token: string, cell: CellPlace): Promise<Holder> {
    const claims = await this.opened(token, { unreadable: 'PR400-AN-0009', expired: 'PR400-AN-0010' });
    if (claims.use !== 'refresh') throw new CellFault('PR400-AN-0013');
    const { accountId, passwordRevision } = claims;
    if (claims.audience !== cell.url || claims.cellId !== cell.id || accountId === null || passwordRevision === null) throw new CellFault('PR400-AN-0009');
    const account = await this.logins.stillGood(cell.id, accountId, passwordRevision);
    if (!account) throw new CellFault('PR400-AN-0009');
    return { account, schema: claims.schema, login: null };
  }

  /** @returns the address of the app, proved by a token that it made for this very cell */
  private async appOf({ id, secret }: Exclude<TokenRequest['client'], null>, cell: CellPlace): Promise<string> {
    const claims = await this.opened(secret, { unreadable: 'PR400-AN-0003', expired: 'PR400-AN-0004' });
    if (claims.use !== 'trans') throw new CellFault('PR400-AN-0003');
    if (claims.issuer !== id) throw new CellFault('PR400-AN-0006');
    if (claims.audience !== cell.url) throw new CellFault('PR400-AN-0007');
    if (!(await this.gate.isVouchedFor(claims))) throw new CellFault('PR400-AN-0003');
    return claims.issuer;
  }

  private async opened(token: string, codes: { readonly unreadable: CellCode; readonly expired: CellCode }): Promise<CellClaims> {
    const verdict = await this.tokens.verify(token);
    if (!verdict.ok) throw new CellFault(verdict.why === 'expired' ? codes.expired : codes.unreadable);
    return verdict.claims;
  }

  private async answer(cell: CellPlace, { account, login }: Holder, schema: string | null, wanted: TokenRequest): Promise<TokenAnswer> {
    const { target, accessSeconds, refreshSeconds } = wanted;
    const subject = `${cell.url}#${account.name}`;
    const own = { issuer: cell.url, audience: cell.url, subject, schema, accountId: account.id, cellId: cell.id } as const;
    const access =
      target === null
        ? { ...own, use: 'access', passwordRevision: null } as const
        : ({ ...own, use: 'trans', audience: target, passwordRevision: null } as const);
    return {
      body: {
        access_token: await this.tokens.issue(access, accessSeconds),
        token_type: 'Bearer',
        expires_in: accessSeconds,
        refresh_token: await this.tokens.issue({ ...own, use: 'refresh', passwordRevision: account.passwordRevision }, refreshSeconds),
        refresh_token_expires_in: refreshSeconds,
        ...(target === null ? {} : { p_target: target }),
        ...(login === null ? {} : { last_authenticated: login.lastAuthenticatedAt?.getTime() ?? null, failed_count: login.failedCount }),
      },
      location: target === null ? null : `${target}__token`,
    };
  }
}
