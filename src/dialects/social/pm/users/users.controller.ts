import { Controller, Get, HttpCode, Inject, Param, Patch, Post, Req, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { Caller, type PmCaller } from '../auth/caller.js';
import { PmGate } from '../auth/pm.gate.js';
import { PmGuard } from '../auth/pm.guard.js';
import {
  ConnectionStatusesDto, IdPageDto, IsFollowedDto, IsFollowerDto, IsHiddenByDto, IsHiddenDto, MeDto, SeenUserDto, SettingsDto, UserIdsDto, UserPageDto,
} from '../dto/users.dto.js';
import { PmVariables } from '../pm.config.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { type PmPage } from '../pm.pages.js';
import { bodyOf } from '../pm.query.js';
import { type PmMe, ProfileFlow } from './profile.flow.js';
import { RelationsFlow } from './relations.flow.js';
import { type PmUserSettings, SettingsFlow } from './settings.flow.js';
import { type ConnectionStatus, type PmUser } from './user.render.js';

const USER_ID = 'The user.';
const MUTUAL = { name: 'mutual', description: '1: only mutual ones; 0: only the others. Mutual ones come first.', type: 'integer' } as const;

/** Users and how they stand to each other. */
@PmDocs()
@Controller('api/v2/user')
export class UsersController {
  private readonly isPublic: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(PmGate) private readonly gate: PmGate,
    @Inject(ProfileFlow) private readonly profiles: ProfileFlow,
    @Inject(RelationsFlow) private readonly relations: RelationsFlow,
    @Inject(SettingsFlow) private readonly settings: SettingsFlow,
  ) {
    this.isPublic = config.section(PmVariables).PM_PUBLIC_USERS;
  }

  @Get('me')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Who the caller is', response: MeDto })
  me(@Caller() caller: PmCaller): Promise<PmMe> {
    return this.profiles.me(caller);
  }

  @Get('hidden_users')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whom the caller has hidden', paged: true, response: UserPageDto })
  hiddenUsers(@Caller() caller: PmCaller, @Req() request: Request): Promise<PmPage<PmUser>> {
    return this.relations.hiddenUsers(caller, request);
  }

  @Get('hidden_users_id')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whom the caller has hidden, by id', paged: true, response: IdPageDto })
  hiddenIds(@Caller() caller: PmCaller, @Req() request: Request): Promise<PmPage<number>> {
    return this.relations.hiddenIds(caller, request);
  }

  @Post('connection/statuses')
  @UseGuards(PmGuard)
  @HttpCode(200)
  @Docs({ summary: 'How the caller stands to many at once', body: UserIdsDto, response: ConnectionStatusesDto })
  async statuses(@Caller() caller: PmCaller, @Req() request: Request): Promise<{ connection_statuses: Record<string, ConnectionStatus> }> {
    return { connection_statuses: await this.relations.statuses(caller, request) };
  }

  @Get(':id')
  @Docs({ summary: 'A user', description: 'Works without a token where PM_PUBLIC_USERS is on.', id: USER_ID, response: SeenUserDto })
  async user(@Req() request: Request, @Param('id') id: string): Promise<PmUser> {
    const caller = await (this.isPublic ? this.gate.admitIfNamed(request) : this.gate.admit(request));
    return this.profiles.user(caller, id);
  }

  @Post(':id/follow')
  @UseGuards(PmGuard)
  @HttpCode(204)
  @Docs({ summary: 'Follow a user, or stop following', description: 'Only those whom a user follows may write to him.', id: USER_ID, status: 204 })
  follow(@Caller() caller: PmCaller, @Param('id') id: string): Promise<void> {
    return this.relations.follow(caller, id);
  }

  @Get(':id/is_followed')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whether the caller follows a user', id: USER_ID, response: IsFollowedDto })
  async isFollowed(@Caller() caller: PmCaller, @Param('id') id: string): Promise<{ is_followed: boolean }> {
    return { is_followed: await this.relations.isFollowed(caller, id) };
  }

  @Get(':id/is_follower')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whether a user follows the caller', id: USER_ID, response: IsFollowerDto })
  async isFollower(@Caller() caller: PmCaller, @Param('id') id: string): Promise<{ is_follower: boolean }> {
    return { is_follower: await this.relations.isFollower(caller, id) };
  }

  @Get(':id/followers')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Who follows a user', id: USER_ID, paged: true, query: [MUTUAL], response: UserPageDto })
  followers(@Caller() caller: PmCaller, @Req() request: Request, @Param('id') id: string): Promise<PmPage<PmUser>> {
    return this.relations.edges(caller, request, id, 'followers');
  }

  @Get(':id/followings')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whom a user follows', id: USER_ID, paged: true, query: [MUTUAL], response: UserPageDto })
  followings(@Caller() caller: PmCaller, @Req() request: Request, @Param('id') id: string): Promise<PmPage<PmUser>> {
    return this.relations.edges(caller, request, id, 'followings');
  }

  @Post(':id/hide')
  @UseGuards(PmGuard)
  @HttpCode(204)
  @Docs({ summary: 'Hide a user, or show him again', description: 'No messages pass between the two, either way.', id: USER_ID, status: 204 })
  hide(@Caller() caller: PmCaller, @Param('id') id: string): Promise<void> {
    return this.relations.hide(caller, id);
  }

  @Get(':id/is_hidden')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whether the caller has hidden a user', id: USER_ID, response: IsHiddenDto })
  async isHidden(@Caller() caller: PmCaller, @Param('id') id: string): Promise<{ is_hidden: boolean }> {
    return { is_hidden: await this.relations.isHidden(caller, id) };
  }

  @Get(':id/is_hidden_by')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Whether a user has hidden the caller', id: USER_ID, response: IsHiddenByDto })
  async isHiddenBy(@Caller() caller: PmCaller, @Param('id') id: string): Promise<{ is_hidden_by: boolean }> {
    return { is_hidden_by: await this.relations.isHiddenBy(caller, id) };
  }

  @Get(':id/settings')
  @UseGuards(PmGuard)
  @Docs({ summary: 'How the caller wants to be told of things', id: 'The caller himself.', response: SettingsDto })
  readSettings(@Caller() caller: PmCaller, @Param('id') id: string): Promise<PmUserSettings> {
    return this.settings.get(caller, id);
  }

  @Patch(':id/settings')
  @UseGuards(PmGuard)
  @Docs({ summary: 'Change how the caller wants to be told of things', id: 'The caller himself.', body: SettingsDto, response: SettingsDto })
  changeSettings(@Caller() caller: PmCaller, @Param('id') id: string, @Req() request: Request): Promise<PmUserSettings> {
    return this.settings.change(caller, id, bodyOf(request));
  }
}
