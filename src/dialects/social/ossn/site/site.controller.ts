import { Controller, Inject } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { ComponentsDto, CountersDto, NotificationListDto } from '../dto/messages.dto.js';
import { SuccessDto } from '../dto/users.dto.js';
import { CountersFlow } from '../messages/counters.flow.js';
import { OssnDesk } from '../ossn.desk.js';
import { OssnDocs, type ParameterDocs, Serves } from '../ossn.docs.js';
import { type Envelope } from '../ossn.envelope.js';
import { OPERATIONS } from '../ossn.operations.js';
import { ComponentsFlow } from './components.flow.js';

const GUID: Readonly<Record<string, ParameterDocs>> = { guid: { type: 'integer', description: 'The user.', example: 31 } };

/** The calls around notifications and the site itself. */
@OssnDocs()
@Controller('api')
export class OssnSiteController {
  constructor(
    @Inject(OssnDesk) private readonly desk: OssnDesk,
    @Inject(CountersFlow) private readonly counters: CountersFlow,
    @Inject(ComponentsFlow) private readonly components: ComponentsFlow,
  ) {}

  @Serves(OPERATIONS.notificationsCount, {
    summary: 'How much waits for a user',
    parameters: { ...GUID, types: { description: 'Kinds of notifications, a JSON array of texts; it does not narrow the other counters.', example: '["like:post"]', required: false } },
    payload: CountersDto,
  })
  count(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.notificationsCount, request, response, (call) => this.counters.count(call));
  }

  @Serves(OPERATIONS.notificationsList, {
    summary: 'Notifications of a user; there are none',
    parameters: { owner_guid: { type: 'integer', description: 'The user.', example: 31 } },
    payload: NotificationListDto,
  })
  list(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.notificationsList, request, response, (call) => this.counters.list(call));
  }

  @Serves(OPERATIONS.markAllRead, { summary: 'Mark all notifications as read', parameters: GUID, payload: SuccessDto })
  markAllRead(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.markAllRead, request, response, (call) => this.counters.markAllRead(call));
  }

  @Serves(OPERATIONS.markViewed, {
    summary: 'Mark one notification as read; there is none, so that it is always refused',
    parameters: { guid: { type: 'integer', description: 'The notification.', example: 7 } },
    payload: SuccessDto,
  })
  markViewed(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.markViewed, request, response, () => this.counters.markViewed());
  }

  @Serves(OPERATIONS.components, { summary: 'Components that are switched on', parameters: {}, payload: ComponentsDto })
  listEnabled(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.components, request, response, () => this.components.list());
  }
}
