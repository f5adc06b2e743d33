import { Controller, Get, HttpCode, Inject, Post, Req, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { Caller, type PmCaller } from '../auth/caller.js';
import { PmGuard } from '../auth/pm.guard.js';
import { CountDto, NotificationPageDto, SidsDto } from '../dto/messages.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { bodyOf } from '../pm.query.js';
import { type NoticePage, NoticesFlow } from './notices.flow.js';

/** What users are told of. */
@PmDocs()
@Controller('api/v2/notification')
@UseGuards(PmGuard)
export class NotificationsController {
  constructor(@Inject(NoticesFlow) private readonly notices: NoticesFlow) {}

  @Get()
  @Docs({
    summary: 'List notifications',
    description: 'Newest first. What is listed counts as read from then on.',
    query: [
      { name: 'next_id', description: 'Only older ones than this.' },
      { name: 'previous_id', description: 'Only newer ones than this.' },
      { name: 'limit', description: 'Elements of a page; 20 where it is not given, 200 at most.', type: 'integer' },
    ],
    response: NotificationPageDto,
  })
  list(@Caller() caller: PmCaller, @Req() request: Request): Promise<NoticePage> {
    return this.notices.list(caller.userId, request);
  }

  @Get('unseen/count')
  @Docs({ summary: 'Count unseen notifications', response: CountDto })
  unseenCount(@Caller() caller: PmCaller): Promise<{ readonly count: number }> {
    return this.notices.unseenCount(caller.userId);
  }

  @Post('read')
  @HttpCode(204)
  @Docs({ summary: 'Mark notifications as read', description: 'Unknown ones are ignored.', body: SidsDto, status: 204 })
  markRead(@Caller() caller: PmCaller, @Req() request: Request): Promise<void> {
    return this.notices.markRead(caller.userId, bodyOf(request)['sids']);
  }
}
