import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '../../crypto/passwords.js';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { BatchLoader } from '../batch-loader.js';
import { BLOCK, FOLLOW } from '../relations/kinds.js';
import { SESSION } from './credentials.js';
import { translateTakenName } from './taken-name.js';
import { type User, userBox, userOf } from './user.js';

/** Ids beyond this are nobody's: they do not fit the column. */
const ID_PATTERN = /^[1-9]\d{0,17}$/;

export interface RegisterCommand {
  readonly username: string;
  readonly email: string | null;
  /** null: an account without a password cannot log in */
  readonly password: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** YYYY-MM-DD */
  readonly birthdate: string | null;
  readonly gender: string | null;
  readonly validated: boolean;
}

export interface UpdateCommand {
  readonly email?: string | null;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly gender?: string | null;
  readonly password?: string;
}

/** Accounts. Deleted ones are unknown to every question here. */
@Injectable()
export class Users {
  private readonly loader: BatchLoader<User>;

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly passwords: Passwords,
  ) {
    this.loader = new BatchLoader(async (ids) => {
      const rows = await this.store.read((tx) => tx.users.byIds(ids));
      return new Map(rows.map((row) => [row.id, userOf(row)]));
    });
  }

  /** Look-ups that come at the same time share a query. */
  async byId(id: Id): Promise<User | null> {
    return ID_PATTERN.test(id) ? this.loader.get(id) : null;
  }

  async byIds(ids: readonly Id[]): Promise<Map<Id, User>> {
    const users = await Promise.all([...new Set(ids)].map((id) => this.byId(id)));
    return new Map(users.flatMap((user) => (user ? [[user.id, user]] : [])));
  }

  /** @returns those of the given ids that were somebody's once */
  async deletedAmong(ids: readonly Id[]): Promise<Set<Id>> {
    const known = ids.filter((id) => ID_PATTERN.test(id));
    return new Set(await this.store.read((tx) => tx.users.buriedAmong(known)));
  }

  /** Letter case does not matter. */
  async byUsername(username: string): Promise<User | null> {
    const row = await this.store.read((tx) => tx.users.byUsername(username));
    return row && userOf(row);
  }

  /** Letter case does not matter. */
  async byEmail(email: string): Promise<User | null> {
    const row = await this.store.read((tx) => tx.users.byEmail(email));
    return row && userOf(row);
  }

  /** @throws DomainError duplicate with facts.field `username` or `email` */
  async register(command: RegisterCommand): Promise<User> {
    const passwordHash = command.password === null ? null : await this.passwords.hash(command.password);
    const createdAt = new Date(this.clock.now());
    const { username, email, firstName, lastName, birthdate, gender } = command;
    const validatedAt = command.validated ? createdAt : null;
    const row = await translateTakenName(() =>
      this.store.run((tx) => tx.users.add({ username, email, passwordHash, firstName, lastName, birthdate, gender, createdAt, validatedAt })),
    );
    return userOf(row);
  }

  /**
   * A new password ends everything that was opened with the old one.
   * @throws DomainError recipient_unknown; duplicate with facts.field `email`
   */
  async update(id: Id, command: UpdateCommand): Promise<User> {
    const { password, ...fields } = command;
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    const box = passwordHash === undefined ? null : await this.store.ensureMailbox(userBox(id));
    const row = await translateTakenName(() =>
      this.store.run(async (tx) => {
        const changed = await tx.users.change(id, { ...fields, passwordHash });
        if (changed !== null && box !== null) {
          await tx.credentials.removeOfKind(box, SESSION);
          await tx.housekeeping.removeSignInsOf(box);
        }
        return changed;
      }),
    );
    if (!row) throw new DomainError('recipient_unknown');
    return userOf(row);
  }

  /** Lets an account log in. Repeating changes nothing. @throws DomainError recipient_unknown */
  validate(id: Id): Promise<User> {
    return this.changeStanding(id, new Date(this.clock.now()), null);
  }

  /** @throws DomainError recipient_unknown */
  setRole(id: Id, role: User['role']): Promise<User> {
    return this.changeStanding(id, null, role);
  }

  /** Oldest first. */
  async list(page: { skip: number; take: number }): Promise<{ total: number; users: User[] }> {
    return this.store.read(async (tx) => {
      const [total, rows] = await Promise.all([tx.users.count(), tx.users.page(page.skip, page.take)]);
      return { total, users: rows.map(userOf) };
    });
  }

  /** People a user could write to, by a part of their username or name. An empty text finds nobody. */
  async search(command: {
    by: Id;
    text: string;
    /** only those who follow the searcher */
    followersOnly: boolean;
    skip: number;
    take: number;
  }): Promise<{ total: number; users: User[] }> {
    if (command.text === '') return { total: 0, users: [] };
    const box = await this.store.ensureMailbox(userBox(command.by));
    const { text, skip, take } = command;
    const relation = command.followersOnly ? FOLLOW : null;
    const { total, rows } = await this.store.read((tx) => tx.users.search(box, { text, relation, unless: BLOCK, skip, take }));
    return { total, users: rows.map(userOf) };
  }

  private async changeStanding(id: Id, validatedAt: Date | null, role: User['role'] | null): Promise<User> {
    const row = await this.store.run((tx) => tx.users.changeStanding(id, validatedAt, role));
    if (!row) throw new DomainError('recipient_unknown');
    return userOf(row);
  }
}
