import { Module } from '@nestjs/common';
import { CoreModule } from '../../../core/core.module.js';
import { CryptoModule } from '../../../crypto/crypto.module.js';
import { ConsentFlow } from './auth/consent.flow.js';
import { PmJwt } from './auth/jwt.js';
import { OAuthController } from './auth/oauth.controller.js';
import { OAuthServer } from './auth/oauth.server.js';
import { PasswordGate } from './auth/password-gate.js';
import { PmGate } from './auth/pm.gate.js';
import { PmGuard } from './auth/pm.guard.js';
import { PmTokens } from './auth/tokens.js';
import { VerifyTokenController } from './auth/verify-token.controller.js';
import { FileController } from './files/file.controller.js';
import { PmFileLinks } from './files/links.js';
import { UploadController } from './files/upload.controller.js';
import { UploadFlow } from './files/upload.flow.js';
import { DeleteFlow } from './messages/delete.flow.js';
import { MessagesController } from './messages/messages.controller.js';
import { NoticesFlow } from './messages/notices.flow.js';
import { NotificationsController } from './messages/notifications.controller.js';
import { ReadingFlow } from './messages/reading.flow.js';
import { SendFlow } from './messages/send.flow.js';
import { ShownMessages } from './messages/shown.js';
import { Threads } from './messages/threads.js';
import { LiveFrames } from './live/live.frames.js';
import { LiveHub } from './live/live.hub.js';
import { LiveServer } from './live/live.server.js';
import { LiveWatch } from './live/live.watch.js';
import { PmPace } from './pm.pace.js';
import { SwitchesController } from './switches/switches.controller.js';
import { MayWrite } from './users/may-write.js';
import { ProfileFlow } from './users/profile.flow.js';
import { RelationsFlow } from './users/relations.flow.js';
import { SearchController } from './users/search.controller.js';
import { SettingsFlow } from './users/settings.flow.js';
import { UserTargets } from './users/targets.js';
import { UsersController } from './users/users.controller.js';

const auth = [PmJwt, PmTokens, PmGate, PmGuard, PmPace, PasswordGate, OAuthServer, ConsentFlow];
const users = [UserTargets, MayWrite, ProfileFlow, RelationsFlow, SettingsFlow];
const files = [PmFileLinks, UploadFlow];
const messages = [ShownMessages, Threads, SendFlow, ReadingFlow, DeleteFlow, NoticesFlow];
const live = [LiveFrames, LiveHub, LiveWatch, LiveServer];

/**
 * The PM message API. RateLimiter, Config, clock and ids come from global modules. Controllers of
 * fixed paths stand before those of ids they could be taken for.
 */
@Module({
  imports: [CoreModule, CryptoModule],
  controllers: [VerifyTokenController, OAuthController, SwitchesController, UsersController, SearchController, UploadController, FileController, NotificationsController, MessagesController],
  providers: [...auth, ...users, ...files, ...messages, ...live],
})
export class PmModule {}
