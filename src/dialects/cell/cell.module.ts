import { Module } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { RemoteUnits } from '../../core/cell/remote/remote-units.js';
import { CoreModule } from '../../core/core.module.js';
import { CryptoModule } from '../../crypto/crypto.module.js';
import { AclController } from './acl/acl.controller.js';
import { AclFlow } from './acl/acl.flow.js';
import { CellVariables } from './cell.config.js';
import { CellController, CellFallbackController } from './cell.controller.js';
import { CellGate } from './cell.gate.js';
import { CellUrls } from './cell.urls.js';
import { CellsController } from './control/cells.controller.js';
import { CellsFlow } from './control/cells.flow.js';
import { controlControllers } from './control/control.controllers.js';
import { LinksFlow } from './control/links.flow.js';
import { ObjectsFlow } from './control/objects.flow.js';
import { OutboxWorker } from './remote/outbox.worker.js';
import { RemotePort } from './remote/remote-port.js';
import { UnitPeerKeys } from './remote/unit-peer-keys.js';
import { AnswerFlow } from './messages/answer.flow.js';
import { ReceivedMessagesController, SentMessagesController } from './messages/lists.controller.js';
import { MessageBoxes } from './messages/message.boxes.js';
import { MessageRoutes } from './messages/message.routes.js';
import { MessagesController } from './messages/messages.controller.js';
import { PortFlow } from './messages/port.flow.js';
import { ReadingFlow } from './messages/reading.flow.js';
import { SendFlow } from './messages/send.flow.js';
import { CellTokens } from './tokens/cell-tokens.js';
import { PeerKeys } from './tokens/peer-keys.js';
import { TokenController } from './tokens/token.controller.js';
import { TokenFlow } from './tokens/token.flow.js';

const remote = [
  { provide: RemoteUnits, useFactory: (config: Config) => new RemoteUnits(config.section(CellVariables).CELL_REMOTE_UNITS), inject: [Config] },
  { provide: PeerKeys, useClass: UnitPeerKeys },
  RemotePort,
  OutboxWorker,
];

const messages = [AnswerFlow, MessageBoxes, MessageRoutes, PortFlow, ReadingFlow, SendFlow];

const control = [AclFlow, CellsFlow, LinksFlow, ObjectsFlow, TokenFlow];

/** The Cell message API. RateLimiter, Config, clock and ids come from global modules. */
@Module({
  imports: [CoreModule, CryptoModule],
  // the one that takes what is left stands last
  controllers: [CellController, CellsController, TokenController, AclController, ...controlControllers, MessagesController, ReceivedMessagesController, SentMessagesController, CellFallbackController],
  providers: [...messages, ...control, CellUrls, CellGate, CellTokens, ...remote],
})
export class CellModule {}
