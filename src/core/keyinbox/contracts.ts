import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { databaseFault } from '../../kernel/database-fault.js';
import { type ContractRow } from '../../storage/own/keyinbox/contracts.repository.js';
import { Store } from '../../storage/store.js';
import { boxOrNotFound, notFound } from '../messaging/message-place.js';

/** A sealed text that its issuer asks its signer to sign, as one of the two sees it. */
export interface Contract {
  readonly wireId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly body: Buffer;
  /** the content key wrapped for the party that reads */
  readonly key: Buffer;
  readonly party: 'issuer' | 'signer';
  /** null: not decided yet */
  readonly signed: boolean | null;
  readonly decidedAt: Date | null;
}

export interface CreateContractCommand {
  readonly issuer: MailboxRef;
  readonly signer: MailboxRef;
  readonly wireId: string;
  readonly body: Buffer;
  readonly issuerKey: Buffer;
  readonly signerKey: Buffer;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Texts to sign: created by one key, decided once by another, seen by these two only. */
@Injectable()
export class Contracts {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws DomainError conflict when the wire id is taken */
  async create(command: CreateContractCommand): Promise<void> {
    const issuerId = await this.store.ensureMailbox(command.issuer);
    const signerId = await this.store.ensureMailbox(command.signer);
    const id = this.ids.next();
    try {
      await this.store.run((tx) =>
        tx.own.keyinbox.contracts.add({
          id,
          issuer_id: issuerId,
          signer_id: signerId,
          wire_id: command.wireId,
          body: command.body,
          issuer_key: command.issuerKey,
          signer_key: command.signerKey,
          issued_at: command.issuedAt,
          expires_at: command.expiresAt,
        }),
      );
    } catch (error) {
      if (databaseFault(error) === 'taken') throw new DomainError('conflict', {}, { cause: error });
      throw error;
    }
  }

  /** @throws DomainError message_not_found unless this mailbox is the issuer or the signer */
  async find(name: { party: MailboxRef; wireId: string }): Promise<Contract> {
    const box = await boxOrNotFound(this.store, name.party);
    const row = await this.store.read(
      async ({ own: { keyinbox } }) =>
        (await keyinbox.contracts.toBeSignedBy(box, name.wireId)) ?? keyinbox.contracts.issuedBy(box, name.wireId),
    );
    return row ? seenBy(row, box) : notFound();
  }

  /**
   * Signs or refuses, once and for all.
   * @throws DomainError message_not_found; already_decided; conflict when it has expired
   */
  async decide(command: { signer: MailboxRef; wireId: string; signed: boolean }): Promise<Contract> {
    const box = await boxOrNotFound(this.store, command.signer);
    const now = new Date(this.clock.now());
    return this.store.run(async ({ own: { keyinbox } }) => {
      const row = (await keyinbox.contracts.lockToBeSignedBy(box, command.wireId)) ?? notFound();
      if (row.signed !== null) throw new DomainError('already_decided');
      if (row.expires_at <= now) throw new DomainError('conflict');
      await keyinbox.contracts.decide(row, command.signed, now);
      return seenBy({ ...row, signed: command.signed, decided_at: now }, box);
    });
  }

  /** Newest first. `inbox`: those this mailbox is asked to sign; `sent`: those it issued. */
  async list(command: {
    party: MailboxRef;
    folder: 'inbox' | 'sent';
    skip: number;
    take: number;
  }): Promise<{ total: number; contracts: Contract[] }> {
    const box = await this.store.findMailbox(command.party);
    if (box === null) return { total: 0, contracts: [] };
    const side = command.folder === 'inbox' ? 'signer' : 'issuer';
    return this.store.read(async ({ own: { keyinbox } }) => {
      const total = await keyinbox.contracts.count(box, side);
      const take = command.take === -1 ? total : command.take;
      const rows = await keyinbox.contracts.page(box, side, command.skip, take);
      return { total, contracts: rows.map((row) => seenBy(row, box)) };
    });
  }
}

function seenBy(row: ContractRow, box: Id): Contract {
  const party = row.signer_id === box ? 'signer' : 'issuer';
  return {
    wireId: row.wire_id,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    body: row.body,
    key: party === 'signer' ? row.signer_key : row.issuer_key,
    party,
    signed: row.signed,
    decidedAt: row.decided_at,
  };
}
