import { Module } from '@nestjs/common';
import { CoreModule } from '../../core/core.module.js';
import { CryptoModule } from '../../crypto/crypto.module.js';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { AttachmentsFlow } from './attachments/attachments.flow.js';
import { AuthController } from './auth/auth.controller.js';
import { AuthFlow } from './auth/auth.flow.js';
import { CardController } from './card/card.controller.js';
import { EnvelopeGate } from './envelope.gate.js';
import { CryptoQueue } from './keys/crypto-queue.js';
import { DiscoveryFlow } from './keys/discovery.flow.js';
import { ServerController } from './keys/server.controller.js';
import { ServerKeys } from './keys/server-keys.js';
import { DeliverFlow } from './messages/deliver.flow.js';
import { ListFlow } from './messages/list.flow.js';
import { MailboxFlow } from './messages/mailbox.flow.js';
import { MessagesController } from './messages/messages.controller.js';
import { StreamHub } from './messages/stream.hub.js';
import { TokensController } from './tokens/tokens.controller.js';
import { TokensFlow } from './tokens/tokens.flow.js';
import { ProfileFlow } from './users/profile.flow.js';
import { RegistrationFlow } from './users/registration.flow.js';
import { UsersController } from './users/users.controller.js';

const keys = [CryptoQueue, ServerKeys, DiscoveryFlow];
const messages = [DeliverFlow, ListFlow, MailboxFlow, StreamHub];
const people = [AuthFlow, RegistrationFlow, ProfileFlow, TokensFlow];

/** The Envelope message API. RateLimiter, Config, clock and ids come from global modules. */
@Module({
  imports: [CoreModule, CryptoModule],
  controllers: [ServerController, CardController, AuthController, UsersController, TokensController, MessagesController, AttachmentsController],
  providers: [EnvelopeGate, ...keys, ...messages, ...people, AttachmentsFlow],
})
export class EnvelopeModule {}
