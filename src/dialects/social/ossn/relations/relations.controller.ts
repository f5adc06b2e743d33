import { Controller, Inject } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { BlockListDto, FriendListDto, FriendOutcomeDto, FriendRequestsDto, FriendStateDto, FullUserDto, SuccessDto } from '../dto/users.dto.js';
import { OssnDesk } from '../ossn.desk.js';
import { OssnDocs, type ParameterDocs, Serves } from '../ossn.docs.js';
import { type Envelope } from '../ossn.envelope.js';
import { OPERATIONS } from '../ossn.operations.js';
import { BlocksFlow } from './blocks.flow.js';
import { FriendsFlow } from './friends.flow.js';

const PAIR: Readonly<Record<string, ParameterDocs>> = {
  user_a: { type: 'integer', description: 'Who acts.', example: 31 },
  user_b: { type: 'integer', description: 'The other one.', example: 44 },
};
const ONE: Readonly<Record<string, ParameterDocs>> = { guid: { type: 'integer', description: 'Whose list.', example: 31 } };
const PAGE: ParameterDocs = { description: 'The page, from 1.', example: '1', required: false };

/** The calls around friendships and blocks. */
@OssnDocs()
@ApiExtraModels(FullUserDto)
@Controller('api')
export class OssnRelationsController {
  constructor(
    @Inject(OssnDesk) private readonly desk: OssnDesk,
    @Inject(FriendsFlow) private readonly friendship: FriendsFlow,
    @Inject(BlocksFlow) private readonly blocking: BlocksFlow,
  ) {}

  @Serves(OPERATIONS.addFriend, { summary: 'Ask for a friendship, or accept one by asking back', parameters: PAIR, payload: FriendOutcomeDto })
  addFriend(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.addFriend, request, response, (call) => this.friendship.add(call));
  }

  @Serves(OPERATIONS.removeFriend, { summary: 'End a friendship, or take a request back', parameters: PAIR, payload: FriendOutcomeDto })
  removeFriend(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.removeFriend, request, response, (call) => this.friendship.remove(call));
  }

  @Serves(OPERATIONS.isFriend, { summary: 'How two users stand to each other', parameters: PAIR, payload: FriendStateDto })
  isFriend(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.isFriend, request, response, (call) => this.friendship.status(call));
  }

  @Serves(OPERATIONS.friends, {
    summary: 'Friends of a user',
    parameters: { ...ONE, offset: PAGE, page_limit: { type: 'integer', description: 'Friends of a page, 1 to 100; usually 10.', example: 10, required: false } },
    payload: FriendListDto,
  })
  friends(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.friends, request, response, (call) => this.friendship.list(call));
  }

  @Serves(OPERATIONS.friendRequests, { summary: 'Requests a user has not answered', parameters: ONE, payload: FriendRequestsDto })
  friendRequests(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.friendRequests, request, response, (call) => this.friendship.requests(call));
  }

  @Serves(OPERATIONS.block, {
    summary: 'Block a user: no messages pass in either direction',
    parameters: { guid: { type: 'integer', description: 'Who blocks.', example: 31 }, to_block_guid: { type: 'integer', description: 'Whom.', example: 44 } },
    payload: SuccessDto,
  })
  block(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.block, request, response, (call) => this.blocking.block(call));
  }

  @Serves(OPERATIONS.unblock, {
    summary: 'Lift a block',
    parameters: { guid: { type: 'integer', description: 'Who blocked.', example: 31 }, to_unblock_guid: { type: 'integer', description: 'Whom.', example: 44 } },
    payload: SuccessDto,
  })
  unblock(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.unblock, request, response, (call) => this.blocking.unblock(call));
  }

  @Serves(OPERATIONS.blocklist, { summary: 'Whom a user blocks', parameters: ONE, payload: BlockListDto })
  blocklist(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.blocklist, request, response, (call) => this.blocking.list(call));
  }
}
