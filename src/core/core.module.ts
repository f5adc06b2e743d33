import { Module } from '@nestjs/common';
import { CryptoModule } from '../crypto/crypto.module.js';
import { EgressModule } from '../egress/egress.module.js';
import { Activity } from './accounts/activity.js';
import { Credentials } from './accounts/credentials.js';
import { DeleteUser } from './accounts/delete-user.js';
import { Login } from './accounts/login.js';
import { Users } from './accounts/users.js';
import { AttachmentsModule } from './attachments/attachments.module.js';
import { CellAccess } from './cell/access/cell-access.js';
import { Cells } from './cell/control/cells.js';
import { PeerCalls } from './cell/remote/peer-calls.js';
import { RemoteOutbox } from './cell/remote/remote-outbox.js';
import { UnitKeys } from './cell/remote/unit-keys.js';
import { Conversations } from './conversations/conversations.js';
import { DirectAttachments } from './conversations/direct-attachments.js';
import { DirectFeed } from './conversations/direct-feed.js';
import { Notices } from './conversations/notices.js';
import { SendDirectMessage } from './conversations/send-direct-message.js';
import { WithdrawMessage } from './conversations/withdraw-message.js';
import { Contracts } from './keyinbox/contracts.js';
import { PublicIdentities } from './keyinbox/public-identities.js';
import { Housekeeper } from './maintenance/housekeeper.js';
import { DeleteMessage } from './messaging/delete-message.js';
import { EditMessage } from './messaging/edit-message.js';
import { ListMessages } from './messaging/list-messages.js';
import { ReadMessage } from './messaging/read-message.js';
import { SendMessage } from './messaging/send-message.js';
import { FinishUpload } from './pm/finish-upload.js';
import { MessageFiles } from './pm/message-files.js';
import { PmClients } from './pm/pm-clients.js';
import { PmGrants } from './pm/pm-grants.js';
import { PmSettingsStore } from './pm/pm-settings.js';
import { TakeBackMessage } from './pm/take-back-message.js';
import { TakeUploadPart } from './pm/take-upload-part.js';
import { TakeUpload } from './pm/take-upload.js';
import { UploadIntake } from './pm/upload-intake.js';
import { Blocks } from './relations/blocks.js';
import { Follows } from './relations/follows.js';
import { Friendships } from './relations/friendships.js';

const accounts = [Activity, Credentials, DeleteUser, Login, Users];
const relations = [Blocks, Follows, Friendships];
const conversations = [Conversations, DirectAttachments, DirectFeed, Notices, SendDirectMessage, WithdrawMessage];
const messaging = [SendMessage, ReadMessage, ListMessages, EditMessage, DeleteMessage];
const keyinbox = [PublicIdentities, Contracts];
const pm = [PmClients, PmGrants, PmSettingsStore, TakeUpload, TakeUploadPart, FinishUpload, MessageFiles, TakeBackMessage];
const cell = [CellAccess, Cells, RemoteOutbox, PeerCalls, UnitKeys];
const useCases = [...accounts, ...relations, ...conversations, ...messaging, ...keyinbox, ...pm, ...cell];

/** The use cases the dialects call. */
@Module({ imports: [CryptoModule, AttachmentsModule, EgressModule], providers: [...useCases, UploadIntake, Housekeeper], exports: [...useCases, AttachmentsModule] })
export class CoreModule {}
