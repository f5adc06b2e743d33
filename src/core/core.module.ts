import { Module } from '@nestjs/common';
import { Contracts } from './keyinbox/contracts.js';
import { PublicIdentities } from './keyinbox/public-identities.js';
import { Housekeeper } from './maintenance/housekeeper.js';
import { DeleteMessage } from './messaging/delete-message.js';
import { EditMessage } from './messaging/edit-message.js';
import { ListMessages } from './messaging/list-messages.js';
import { ReadMessage } from './messaging/read-message.js';
import { SendMessage } from './messaging/send-message.js';

const useCases = [SendMessage, ReadMessage, ListMessages, EditMessage, DeleteMessage, PublicIdentities, Contracts];

/** The use cases the dialects call. */
@Module({ providers: [...useCases, Housekeeper], exports: useCases })
export class CoreModule {}
