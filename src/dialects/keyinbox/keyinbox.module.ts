import { Module } from '@nestjs/common';
import { CoreModule } from '../../core/core.module.js';
import { CryptoModule } from '../../crypto/crypto.module.js';
import { ContractListFlow } from './contracts/contract-list.flow.js';
import { ContractFlow } from './contracts/contract.flow.js';
import { SignController } from './contracts/sign.controller.js';
import { IdentityFlow } from './identity/identity.flow.js';
import { IdentityController } from './identity/identity.controller.js';
import { KeyInboxGate } from './keyinbox.gate.js';
import { KeyInboxGenerations } from './keyinbox.generations.js';
import { KeyInboxKeys } from './keyinbox.keys.js';
import { KeyInboxSeal } from './keyinbox.seal.js';
import { DeleteFlow } from './messages/delete.flow.js';
import { EditFlow } from './messages/edit.flow.js';
import { ListFlow } from './messages/list.flow.js';
import { MessagesController } from './messages/messages.controller.js';
import { OnceKeeper } from './messages/once.js';
import { ReadFlow } from './messages/read.flow.js';
import { SendFlow } from './messages/send.flow.js';
import { ServerController } from './server/server.controller.js';

/** The KeyInbox message API. RateLimiter, Config, clock and ids come from global modules. */
@Module({
  imports: [CoreModule, CryptoModule],
  controllers: [ServerController, IdentityController, MessagesController, SignController],
  providers: [
    KeyInboxKeys,
    KeyInboxSeal,
    KeyInboxGate,
    KeyInboxGenerations,
    OnceKeeper,
    SendFlow,
    ListFlow,
    ReadFlow,
    EditFlow,
    DeleteFlow,
    IdentityFlow,
    ContractFlow,
    ContractListFlow,
  ],
})
export class KeyInboxModule {}
