import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

export interface ContractRow {
  readonly id: Id;
  readonly issuer_id: Id;
  readonly signer_id: Id;
  readonly wire_id: string;
  readonly body: Buffer;
  readonly issuer_key: Buffer;
  readonly signer_key: Buffer;
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly signed: boolean | null;
  readonly decided_at: Date | null;
}

const ADD = statement(
  'keyinbox-contract-add',
  `INSERT INTO keyinbox_contracts (issuer_id, id, signer_id, wire_id, body, issuer_key, signer_key, issued_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const ISSUED = statement<ContractRow>(
  'keyinbox-contract-issued',
  'SELECT * FROM keyinbox_contracts WHERE issuer_id = $1 AND wire_id = $2',
);
const TO_SIGN = statement<ContractRow>(
  'keyinbox-contract-to-sign',
  'SELECT * FROM keyinbox_contracts WHERE signer_id = $1 AND wire_id = $2',
);
const LOCK_TO_SIGN = statement<ContractRow>('keyinbox-contract-lock', `${TO_SIGN.text} FOR UPDATE`);
const DECIDE = statement(
  'keyinbox-contract-decide',
  'UPDATE keyinbox_contracts SET signed = $3, decided_at = $4 WHERE issuer_id = $1 AND id = $2',
);
const pageBy = (column: 'issuer_id' | 'signer_id') =>
  statement<ContractRow>(
    `keyinbox-contract-page-${column}`,
    `SELECT * FROM keyinbox_contracts WHERE ${column} = $1 ORDER BY id DESC OFFSET $2 LIMIT $3`,
  );
const countBy = (column: 'issuer_id' | 'signer_id') =>
  statement<{ total: string }>(
    `keyinbox-contract-count-${column}`,
    `SELECT count(*) AS total FROM keyinbox_contracts WHERE ${column} = $1`,
  );
const ISSUED_PAGE = pageBy('issuer_id');
const TO_SIGN_PAGE = pageBy('signer_id');
const ISSUED_COUNT = countBy('issuer_id');
const TO_SIGN_COUNT = countBy('signer_id');

/** Texts that one key asks another to sign. */
export class KeyinboxContractsRepository {
  constructor(private readonly sql: Sql) {}

  async add(contract: Omit<ContractRow, 'signed' | 'decided_at'>): Promise<void> {
    await this.sql.all(ADD, [
      contract.issuer_id, contract.id, contract.signer_id, contract.wire_id, contract.body,
      contract.issuer_key, contract.signer_key, contract.issued_at, contract.expires_at,
    ]);
  }

  issuedBy(issuerId: Id, wireId: string): Promise<ContractRow | null> {
    return this.sql.one(ISSUED, [issuerId, wireId]);
  }

  toBeSignedBy(signerId: Id, wireId: string): Promise<ContractRow | null> {
    return this.sql.one(TO_SIGN, [signerId, wireId]);
  }

  /** As toBeSignedBy, held until the end of the transaction. */
  lockToBeSignedBy(signerId: Id, wireId: string): Promise<ContractRow | null> {
    return this.sql.one(LOCK_TO_SIGN, [signerId, wireId]);
  }

  async decide(contract: ContractRow, signed: boolean, at: Date): Promise<void> {
    await this.sql.all(DECIDE, [contract.issuer_id, contract.id, signed, at]);
  }

  /** Newest first. */
  page(partyId: Id, side: 'issuer' | 'signer', skip: number, take: number): Promise<ContractRow[]> {
    return this.sql.all(side === 'issuer' ? ISSUED_PAGE : TO_SIGN_PAGE, [partyId, skip, take]);
  }

  async count(partyId: Id, side: 'issuer' | 'signer'): Promise<number> {
    return Number((await this.sql.one(side === 'issuer' ? ISSUED_COUNT : TO_SIGN_COUNT, [partyId]))?.total ?? 0);
  }
}
