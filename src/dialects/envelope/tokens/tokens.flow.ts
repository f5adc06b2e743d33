import { parseDate, suitesFor, writeDate } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { Access, type OpenSession, type TokenChange, type TokenInfo } from '../../../core/envelope/access.js';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { Members } from '../envelope.body.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, malformed, notFound } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';

export const SCOPES = ['deliver', 'key', 'attach'] as const;
const SCOPES_DEFAULT: readonly string[] = ['deliver', 'key'];
const LABEL = /^[^\p{Cc}]{0,200}$/u;
const COUNT_MAX = 1_000_000_000;
const BYTES_MAX = 2 ** 50;

/** What an owner is told of a token; never the token itself. */
export interface TokenItem {
  readonly token_id: string;
  readonly label: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** day, UTC */
  readonly last_used_on: string | null;
  readonly use_count: number;
  readonly limits: { readonly per_minute: number; readonly per_day: number; readonly bytes_per_day: number; readonly max_messages: number | null };
  readonly scopes: readonly string[];
  readonly accept_algorithms: readonly string[] | null;
}

/** Access tokens: what an owner gives to those who may write to him. */
@Injectable()
export class TokensFlow {
  private readonly variables: Readonly<EnvelopeVariables>;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(Access) private readonly access: Access,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.variables = config.section(EnvelopeVariables);
  }

  /** @returns with the token, this once @throws EnvelopeFault malformed_request, forbidden (too many) */
  async issue({ owner }: OpenSession, body: unknown): Promise<TokenItem & { readonly token: string }> {
    const members = new Members(body);
    const { secret, hash } = this.gate.secrets.make('token');
    const token = await this.access.issueToken({
      owner,
      secretHash: hash,
      label: members.text('label', LABEL) ?? '',
      scopes: members.words('scopes', SCOPES) ?? SCOPES_DEFAULT,
      acceptAlgorithms: members.isNull('accept_algorithms') ? null : (members.words('accept_algorithms', suitesFor(owner.keys.encryption.type)) ?? null),
      limits: {
        perMinute: members.whole('per_minute', 1, COUNT_MAX) ?? this.variables.ENVELOPE_TOKEN_PER_MINUTE,
        perDay: members.whole('per_day', 1, COUNT_MAX) ?? this.variables.ENVELOPE_TOKEN_PER_DAY,
        bytesPerDay: members.whole('bytes_per_day', 1, BYTES_MAX) ?? this.variables.ENVELOPE_TOKEN_BYTES_PER_DAY,
        messages: members.wholeOrNull('max_messages', 1, COUNT_MAX) ?? null,
      },
      expiresAt: this.expiry(members) ?? null,
    }).catch((error: unknown) => {
      throw error instanceof DomainError && error.code === 'quota_exceeded' ? new EnvelopeFault('forbidden') : error;
    });
    const { token_id, ...rest } = tokenItem(token);
    return { token_id, token: secret, ...rest };
  }

  async list({ owner }: OpenSession): Promise<{ tokens: TokenItem[] }> {
    return { tokens: (await this.access.tokens(owner)).map(tokenItem) };
  }

  /** @throws EnvelopeFault malformed_request; not_found, also for one that has ended */
  async change({ owner }: OpenSession, id: string, body: unknown): Promise<TokenItem> {
    const members = new Members(body);
    const limits: { -readonly [K in keyof NonNullable<TokenChange['limits']>]: NonNullable<TokenChange['limits']>[K] } = {};
    const perMinute = members.whole('per_minute', 1, COUNT_MAX);
    if (perMinute !== undefined) limits.perMinute = perMinute;
    const perDay = members.whole('per_day', 1, COUNT_MAX);
    if (perDay !== undefined) limits.perDay = perDay;
    const bytesPerDay = members.whole('bytes_per_day', 1, BYTES_MAX);
    if (bytesPerDay !== undefined) limits.bytesPerDay = bytesPerDay;
    const messages = members.wholeOrNull('max_messages', 1, COUNT_MAX);
    if (messages !== undefined) limits.messages = messages;
    const acceptAlgorithms = members.isNull('accept_algorithms') ? null : members.words('accept_algorithms', suitesFor(owner.keys.encryption.type));
    const token = await this.access.changeToken(owner, id, { label: members.text('label', LABEL), limits, acceptAlgorithms, expiresAt: this.expiry(members) });
    if (!token) throw notFound();
    return tokenItem(token);
  }

  /** @throws EnvelopeFault not_found */
  async revoke({ owner }: OpenSession, id: string): Promise<void> {
    if (!(await this.access.revokeToken(owner, id))) throw notFound();
  }

  /** Not in the past: a token ends by being revoked. */
  private expiry(members: Members): Date | null | undefined {
    if (members.isNull('expires_at')) return null;
    const text = members.text('expires_at');
    if (text === undefined) return undefined;
    const time = text.length <= 40 ? parseDate(text) : undefined;
    if (time === undefined || time <= this.clock.now()) throw malformed();
    return new Date(time);
  }
}

function tokenItem(token: TokenInfo): TokenItem {
  const { perMinute, perDay, bytesPerDay, messages } = token.limits;
  const date = (time: Date | null): string | null => time && writeDate(time.getTime());
  return {
    token_id: token.wireId,
    label: token.label,
    created_at: writeDate(token.createdAt.getTime()),
    expires_at: date(token.expiresAt),
    revoked_at: date(token.revokedAt),
    last_used_on: date(token.lastUsedAt)?.slice(0, 10) ?? null,
    use_count: token.useCount,
    limits: { per_minute: perMinute, per_day: perDay, bytes_per_day: bytesPerDay, max_messages: messages },
    scopes: token.scopes,
    accept_algorithms: token.acceptAlgorithms,
  };
}
