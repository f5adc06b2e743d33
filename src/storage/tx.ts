import { AttachmentsRepository } from './repositories/attachments.repository.js';
import { BoxCountsRepository } from './repositories/box-counts.repository.js';
import { ConversationsRepository } from './repositories/conversations.repository.js';
import { CredentialsRepository } from './repositories/credentials.repository.js';
import { EventsRepository } from './repositories/events.repository.js';
import { HousekeepingRepository } from './repositories/housekeeping.repository.js';
import { MessagesRepository } from './repositories/messages.repository.js';
import { RelationsRepository } from './repositories/relations.repository.js';
import { UsersRepository } from './repositories/users.repository.js';
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
      keyinbox: { identities: new KeyinboxIdentitiesRepository(sql), contracts: new KeyinboxContractsRepository(sql) },
      pm: { clients: new PmClientsRepository(sql), grants, settings, uploads },
      envelope,
    };
  }
}
