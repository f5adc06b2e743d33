import { AttachmentsRepository } from './repositories/attachments.repository.js';
import { BoxCountsRepository } from './repositories/box-counts.repository.js';
import { ConversationsRepository } from './repositories/conversations.repository.js';
import { CredentialsRepository } from './repositories/credentials.repository.js';
import { EventsRepository } from './repositories/events.repository.js';
import { HousekeepingRepository } from './repositories/housekeeping.repository.js';
import { MessagesRepository } from './repositories/messages.repository.js';
import { RelationsRepository } from './repositories/relations.repository.js';
import { UsersRepository } from './repositories/users.repository.js';
import { CellAccountsRepository } from './own/cell/accounts.repository.js';
import { CellRelationsRepository, CellRolesRepository } from './own/cell/bound-names.repository.js';
import { CellBoxesRepository } from './own/cell/boxes.repository.js';
import { CellsRepository } from './own/cell/cells.repository.js';
import { CellCopiesRepository } from './own/cell/copies.repository.js';
import { CellExtCellsRepository } from './own/cell/ext-cells.repository.js';
import { CellGrantsRepository } from './own/cell/grants.repository.js';
import { CellLinksRepository } from './own/cell/links.repository.js';
import { CellRemovalsRepository } from './own/cell/removals.repository.js';
import { CellOutboxRepository } from './own/cell/outbox.repository.js';
import { CellRecipientsRepository } from './own/cell/recipients.repository.js';
import { EnvelopeAccessRepository } from './own/envelope/access.repository.js';
import { EnvelopeChallengesRepository } from './own/envelope/challenges.repository.js';
import { EnvelopeFilesRepository } from './own/envelope/files.repository.js';
import { EnvelopeMailboxRepository } from './own/envelope/mailbox.repository.js';
import { EnvelopePeopleRepository } from './own/envelope/people.repository.js';
import { EnvelopeServerKeysRepository } from './own/envelope/server-keys.repository.js';
import { KeyinboxContractsRepository } from './own/keyinbox/contracts.repository.js';
import { KeyinboxIdentitiesRepository } from './own/keyinbox/identities.repository.js';
import { type OwnTables } from './own/own-tables.js';
import { PmClientsRepository } from './own/pm/clients.repository.js';
import { PmGrantsRepository } from './own/pm/grants.repository.js';
import { PmSettingsRepository } from './own/pm/settings.repository.js';
import { PmUploadsRepository } from './own/pm/uploads.repository.js';
import { type Id } from '../kernel/id-source.js';
import { type Sql } from './sql.js';

/** Every question that can be asked of the store, all on one connection. */
export class Tx {
  readonly users: UsersRepository;
  readonly credentials: CredentialsRepository;
  readonly messages: MessagesRepository;
  readonly conversations: ConversationsRepository;
  readonly attachments: AttachmentsRepository;
  readonly relations: RelationsRepository;
  readonly counts: BoxCountsRepository;
  readonly events: EventsRepository;
  readonly housekeeping: HousekeepingRepository;
  /** tables that only one dialect needs */
  readonly own: {
    readonly cell: {
      readonly cells: CellsRepository;
      readonly copies: CellCopiesRepository;
      readonly recipients: CellRecipientsRepository;
      readonly outbox: CellOutboxRepository;
      readonly accounts: CellAccountsRepository;
      readonly boxes: CellBoxesRepository;
      readonly extCells: CellExtCellsRepository;
      readonly grants: CellGrantsRepository;
      readonly links: CellLinksRepository;
      readonly relations: CellRelationsRepository;
      readonly removals: CellRemovalsRepository;
      readonly roles: CellRolesRepository;
    };
    readonly keyinbox: { readonly identities: KeyinboxIdentitiesRepository; readonly contracts: KeyinboxContractsRepository };
    readonly pm: {
      readonly clients: PmClientsRepository;
      readonly grants: PmGrantsRepository;
      readonly settings: PmSettingsRepository;
      readonly uploads: PmUploadsRepository;
    };
    readonly envelope: {
      readonly access: EnvelopeAccessRepository;
      readonly challenges: EnvelopeChallengesRepository;
      readonly files: EnvelopeFilesRepository;
      readonly mailbox: EnvelopeMailboxRepository;
      readonly people: EnvelopePeopleRepository;
      readonly serverKeys: EnvelopeServerKeysRepository;
    };
  };

  /** @param note is told of each mailbox whose feed is written to */
  constructor(sql: Sql, note?: (boxId: Id) => void) {
    const uploads = new PmUploadsRepository(sql);
    const grants = new PmGrantsRepository(sql);
    const settings = new PmSettingsRepository(sql);
    const envelope = {
      access: new EnvelopeAccessRepository(sql),
      challenges: new EnvelopeChallengesRepository(sql),
      files: new EnvelopeFilesRepository(sql),
      mailbox: new EnvelopeMailboxRepository(sql),
      people: new EnvelopePeopleRepository(sql),
      serverKeys: new EnvelopeServerKeysRepository(sql),
    };
    const { access, challenges, files, mailbox, people } = envelope;
    const own: readonly OwnTables[] = [grants, settings, uploads, people, access, challenges, files, mailbox];
    this.users = new UsersRepository(sql);
    this.credentials = new CredentialsRepository(sql);
    this.conversations = new ConversationsRepository(sql);
    this.attachments = new AttachmentsRepository(sql, own);
    this.messages = new MessagesRepository(sql);
    this.relations = new RelationsRepository(sql);
    this.counts = new BoxCountsRepository(sql);
    this.events = new EventsRepository(sql, note);
    this.housekeeping = new HousekeepingRepository(sql, own);
    this.own = {
      cell: {
        cells: new CellsRepository(sql),
        copies: new CellCopiesRepository(sql),
        recipients: new CellRecipientsRepository(sql),
        outbox: new CellOutboxRepository(sql),
        accounts: new CellAccountsRepository(sql),
        boxes: new CellBoxesRepository(sql),
        extCells: new CellExtCellsRepository(sql),
        grants: new CellGrantsRepository(sql),
        links: new CellLinksRepository(sql),
        relations: new CellRelationsRepository(sql),
        removals: new CellRemovalsRepository(sql),
        roles: new CellRolesRepository(sql),
      },
      keyinbox: { identities: new KeyinboxIdentitiesRepository(sql), contracts: new KeyinboxContractsRepository(sql) },
      pm: { clients: new PmClientsRepository(sql), grants, settings, uploads },
      envelope,
    };
  }
}
