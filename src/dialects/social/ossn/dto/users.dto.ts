import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

const PICTURE = 'https://harbour.example/avatar/inesroth/small/5b2f8a0c93d1e64f7a1b0c2d3e4f5a6b.jpeg';

/** The one picture of a user within messages. */
@ApiSchema({ name: 'OssnSmallIcon' })
export class SmallIconDto {
  @ApiProperty({ description: '50 x 50 pixels. Take the address as it is.', example: PICTURE })
  small: string;
}

/** The pictures of the other side of a conversation. */
@ApiSchema({ name: 'OssnWithUserIcon' })
export class WithUserIconDto extends SmallIconDto {
  @ApiPropertyOptional({ description: '32 x 32 pixels; in message/list.', example: PICTURE.replace('small', 'smaller') })
  smaller?: string;
}

/** A user within messages. */
@ApiSchema({ name: 'OssnTrimmedUser' })
export class TrimmedUserDto {
  @ApiProperty({ type: 'integer', example: 31 })
  guid: number;

  @ApiProperty({ example: 'Ines Roth' })
  fullname: string;

  @ApiProperty({ example: 'inesroth' })
  username: string;

  @ApiProperty({ type: SmallIconDto })
  icon: SmallIconDto;
}

/** The other side of a conversation. */
@ApiSchema({ name: 'OssnWithUser' })
export class WithUserDto extends TrimmedUserDto {
  @ApiProperty({ type: WithUserIconDto })
  override icon: WithUserIconDto;

  @ApiPropertyOptional({ description: 'Did something within the last ten seconds; in v2.0.', example: false })
  is_online?: boolean;
}

/** All pictures of a user. */
@ApiSchema({ name: 'OssnIcons' })
export class IconsDto {
  @ApiProperty({ description: '20 x 20 pixels.', example: PICTURE.replace('small', 'topbar') })
  topbar: string;

  @ApiProperty({ description: '32 x 32 pixels.', example: PICTURE.replace('small', 'smaller') })
  smaller: string;

  @ApiProperty({ description: '50 x 50 pixels.', example: PICTURE })
  small: string;

  @ApiProperty({ description: '100 x 100 pixels.', example: PICTURE.replace('small', 'larger') })
  larger: string;

  @ApiProperty({ description: '170 x 170 pixels.', example: PICTURE.replace('small', 'large') })
  large: string;
}

/** A user by himself. */
@ApiSchema({ name: 'OssnUser' })
export class FullUserDto {
  @ApiProperty({ type: 'integer', example: 31 })
  guid: number;

  @ApiProperty({ example: 'Ines' })
  first_name: string;

  @ApiProperty({ example: 'Roth' })
  last_name: string;

  @ApiProperty({ example: 'Ines Roth' })
  fullname: string;

  @ApiProperty({ example: 'inesroth' })
  username: string;

  @ApiProperty({ description: 'Empty for others where the key is that of one user.', example: 'ines@harbour.example' })
  email: string;

  @ApiProperty({ description: 'dd/mm/yyyy. Empty for others where the key is that of one user.', example: '24/05/1990' })
  birthdate: string;

  @ApiProperty({ example: 'female' })
  gender: string;

  @ApiProperty({ type: Object, nullable: true, example: null })
  is_verified_user: null;

  @ApiProperty({ type: IconsDto })
  icon: IconsDto;

  @ApiProperty({ example: false })
  cover_url: boolean;

  @ApiProperty({ type: Object, nullable: true, example: null })
  language: null;
}

/** How two users stand to each other. */
@ApiSchema({ name: 'OssnFriendState' })
export class FriendStateDto {
  @ApiProperty({ description: 'Both have asked.', example: false })
  is_friend: boolean;

  @ApiProperty({ description: 'user_a has asked user_b; also true between friends.', example: true })
  request_exists: boolean;
}

/** What came of asking or parting. */
@ApiSchema({ name: 'OssnFriendOutcome' })
export class FriendOutcomeDto extends FriendStateDto {
  @ApiProperty({ description: 'false towards oneself and across a block.', example: true })
  success: boolean;
}

/** A page of friends. */
@ApiSchema({ name: 'OssnFriendList' })
export class FriendListDto {
  @ApiProperty({ type: 'integer', example: 1 })
  total: number;

  @ApiProperty({ type: [FullUserDto], nullable: true, description: 'null where the page is empty.' })
  friends: FullUserDto[] | null;

  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], description: '1, or the page as it was sent.', example: 1 })
  offset: number | string;
}

/** Requests that wait for an answer. */
@ApiSchema({ name: 'OssnFriendRequests' })
export class FriendRequestsDto {
  @ApiProperty({ type: 'integer', example: 1 })
  count: number;

  @ApiProperty({ type: 'integer', description: 'The same as count.', example: 1 })
  total: number;

  @ApiProperty({ type: [FullUserDto], nullable: true, description: 'null where there are none.' })
  requests: FullUserDto[] | null;

  @ApiProperty({ oneOf: [{ type: 'boolean' }, { type: 'string' }], description: 'false, or what was sent.', example: false })
  offset: false | string;
}

/** Users who are blocked. */
@ApiSchema({ name: 'OssnBlockList' })
export class BlockListDto {
  @ApiProperty({ oneOf: [{ type: 'array', items: { $ref: '#/components/schemas/OssnUser' } }, { type: 'boolean', enum: [false] }], description: 'false where there are none.' })
  list: FullUserDto[] | false;
}

/** Done. */
@ApiSchema({ name: 'OssnSuccess' })
export class SuccessDto {
  @ApiProperty({ example: true })
  success: boolean;
}
