import { Module } from '@nestjs/common';
import { CoreModule } from '../../../core/core.module.js';
import { FileAcceptance } from './files/acceptance.js';
import { FileAccess } from './files/file-access.js';
import { OssnFilesController } from './files/files.controller.js';
import { OssnLinks } from './files/links.js';
import { CountersFlow } from './messages/counters.flow.js';
import { DeleteFlow } from './messages/delete.flow.js';
import { OssnMessagesController } from './messages/messages.controller.js';
import { MessagePages } from './messages/pages.js';
import { ReadingFlow } from './messages/reading.flow.js';
import { SendFlow } from './messages/send.flow.js';
import { OssnBodies } from './ossn.bodies.js';
import { OssnDesk } from './ossn.desk.js';
import { OssnGate } from './ossn.gate.js';
import { OssnSessions } from './ossn.sessions.js';
import { BlocksFlow } from './relations/blocks.flow.js';
import { FriendsFlow } from './relations/friends.flow.js';
import { OssnRelationsController } from './relations/relations.controller.js';
import { ComponentsFlow } from './site/components.flow.js';
import { OssnSiteController } from './site/site.controller.js';
import { AccountsFlow } from './users/accounts.flow.js';
import { AuthenticateFlow } from './users/authenticate.flow.js';
import { LoginGate } from './users/login-gate.js';
import { OssnUsersController } from './users/users.controller.js';

/** The OSSN message API. RateLimiter, Metrics, Config, clock and ids come from global modules. */
@Module({
  imports: [CoreModule],
  // in this order: the router asks one route after the other, and messages are asked for most
  controllers: [OssnMessagesController, OssnFilesController, OssnUsersController, OssnRelationsController, OssnSiteController],
  providers: [
    OssnDesk,
    OssnBodies,
    OssnGate,
    OssnSessions,
    OssnLinks,
    FileAcceptance,
    FileAccess,
    MessagePages,
    SendFlow,
    ReadingFlow,
    DeleteFlow,
    CountersFlow,
    AccountsFlow,
    AuthenticateFlow,
    LoginGate,
    FriendsFlow,
    BlocksFlow,
    ComponentsFlow,
  ],
})
export class OssnModule {}
