import { argon2, type Argon2Parameters } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { type IdSource } from '../kernel/id-source.js';
import { ID_SOURCE } from '../kernel/tokens.js';
import { constantTimeEqual } from './constant-time.js';

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each costs 19 MiB and a core for a while; more than this wait, and too many are refused. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 64;

/**
 * Password hashes in the PHC string form `$argon2id$v=19$m=..,t=..,p=..$salt$hash`, made off the
 * event loop. A hash made with other costs is checked with those costs.
 */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(@Inject(ID_SOURCE) private readonly ids: IdSource) {}

  /** @throws DomainError overloaded when too many wait */
  async hash(password: string): Promise<string> {
    const salt = this.ids.bytes(SALT_BYTES);
    const hash = await this.derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES });
    return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${plain(salt)}$${plain(hash)}`;
  }

  /**
   * @param stored a hash of this class, or null for an account that does not exist or has no
   *   password: the same work is done, so that time tells nothing
   * @returns whether the password is right
   * @throws DomainError overloaded when too many wait
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const parts = stored === null ? null : /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
    if (!parts) {
      await this.derive(password, Buffer.alloc(SALT_BYTES), { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES });
      return false;
    }
    const [, memory, passes, parallelism, salt, hash] = parts;
    const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
    return constantTimeEqual(await this.derive(password, Buffer.from(salt!, 'base64'), costs), Buffer.from(hash!, 'base64'));
  }

  private async derive(password: string, salt: Buffer, costs: Omit<Argon2Parameters, 'message' | 'nonce' | 'tagLength'>): Promise<Buffer> {
    await this.takeTurn();
    try {
      return await new Promise((resolve, reject) => {
        const parameters = { ...costs, message: Buffer.from(password, 'utf8'), nonce: salt, tagLength: HASH_BYTES };
        argon2('argon2id', parameters, (error, derived) => (error ? reject(error) : resolve(derived)));
      });
    } finally {
      this.giveTurn();
    }
  }

  private async takeTurn(): Promise<void> {
    if (this.running < AT_ONCE_MAX) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= WAITING_MAX) throw new DomainError('overloaded', { retryAfterSeconds: 1 });
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The turn is handed on, so that the count stays right. */
  private giveTurn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

/** Base64 without padding, as PHC strings have it. */
function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
