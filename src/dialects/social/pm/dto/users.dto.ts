import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from './common.dto.js';

/** A user as he stands within anything. */
@ApiSchema({ name: 'PmUser' })
export class UserDto {
  @ApiProperty({ type: 'integer', example: 42 })
  id: number;

  @ApiProperty({ description: 'Letters, digits, `-` and `_`.', example: 'jonas' })
  username: string;

  @ApiProperty({ example: 'Jonas Lind' })
  real_name: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  avatar: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  ext_id: string | null;

  @ApiProperty({ description: 'The account is gone or switched off.', example: false })
  deleted: boolean;

  @ApiProperty({ description: 'The account is one of the staff.', example: false })
  community_badge: boolean;

  @ApiProperty({ type: String, nullable: true, enum: ['followed'], description: 'Whether the caller follows him, where that was looked up.', example: null })
  connection_status: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null where it was not looked up.', example: null })
  followers_counter: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  followings_counter: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2025-03-04T11:15:02.417Z' })
  date_joined: string | null;

  @ApiProperty({ example: '' })
  bio: string;

  @ApiProperty({ example: '' })
  location: string;

  @ApiProperty({ example: '' })
  description: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  gender: string | null;

  @ApiProperty({ example: '' })
  website: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  cover: string | null;

  @ApiProperty({ type: [Object], example: [] })
  tags: object[];

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  reputation: number | null;

  @ApiProperty({ example: true })
  reg_approved: boolean;
}

/** user/{id}/ */
@ApiSchema({ name: 'PmUserSeen' })
export class SeenUserDto extends UserDto {
  @ApiPropertyOptional({ description: 'Whether the caller may write to him. Absent without a token.', example: true })
  can_send_pm_to?: boolean;
}

/** user/me/ */
@ApiSchema({ name: 'PmMe' })
export class MeDto extends UserDto {
  @ApiProperty({ type: String, nullable: true, example: 'jonas@example.org' })
  email: string | null;

  @ApiProperty({ example: true })
  email_isvalid: boolean;

  @ApiProperty({ type: Object, description: 'Always empty.', example: {} })
  permission: object;

  @ApiProperty({ type: String, nullable: true, enum: ['admin', 'moderator'], example: null })
  role: string | null;

  @ApiProperty({ type: 'integer', description: 'As notification/unseen/count/ tells.', example: 0 })
  unseen_interactions_counter: number;

  @ApiProperty({ type: 'integer', example: 0 })
  unseen_notification_banners_counter: number;
}

@ApiSchema({ name: 'PmUserPage' })
export class UserPageDto extends PageDto {
  @ApiProperty({ type: [UserDto] })
  results: UserDto[];
}

@ApiSchema({ name: 'PmIdPage' })
export class IdPageDto extends PageDto {
  @ApiProperty({ type: 'array', items: { type: 'integer' }, example: [42] })
  results: number[];
}

@ApiSchema({ name: 'PmConnectionStatuses' })
export class ConnectionStatusesDto {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', nullable: true }, example: { 5: 'followed', 6: null } })
  connection_statuses: Record<string, string | null>;
}

@ApiSchema({ name: 'PmUserIds' })
export class UserIdsDto {
  @ApiProperty({ type: 'array', items: { type: 'integer' }, description: 'At most 200.', example: [5, 6] })
  users: number[];
}

@ApiSchema({ name: 'PmSettings' })
export class SettingsDto {
  @ApiProperty({ type: 'integer', enum: [-1, 0, 1], example: 0 })
  qa_frequency: number;

  @ApiProperty({ type: 'integer', enum: [0, 1], example: 1 })
  email_notification_not_qa: number;

  @ApiProperty({ type: 'integer', enum: [0, 1], example: 1 })
  mobile_notifications_scmty: number;

  @ApiProperty({ type: 'integer', enum: [0, 1], example: 1 })
  show_toast_notifications: number;

  @ApiProperty({ type: 'integer', enum: [0, 1], example: 1 })
  toast_notifications_emit_sound: number;
}

@ApiSchema({ name: 'PmIsFollowed' })
export class IsFollowedDto {
  @ApiProperty({ description: 'The caller follows him.', example: true })
  is_followed: boolean;
}

@ApiSchema({ name: 'PmIsFollower' })
export class IsFollowerDto {
  @ApiProperty({ description: 'He follows the caller.', example: true })
  is_follower: boolean;
}

@ApiSchema({ name: 'PmIsHidden' })
export class IsHiddenDto {
  @ApiProperty({ description: 'The caller has hidden him.', example: false })
  is_hidden: boolean;
}

@ApiSchema({ name: 'PmIsHiddenBy' })
export class IsHiddenByDto {
  @ApiProperty({ description: 'He has hidden the caller.', example: false })
  is_hidden_by: boolean;
}
