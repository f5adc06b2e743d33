import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { TrimmedUserDto, WithUserDto } from './users.dto.js';

const FILE = 'Only with a file.';
const EMPTY_OBJECT = { type: Object, description: 'Always empty.', example: {} } as const;

/** What every form of a message has. */
@ApiSchema({ name: 'OssnMessageText' })
export class MessageTextDto {
  @ApiProperty({ type: 'integer', example: 907 })
  id: number;

  @ApiProperty({ description: 'HTML-encoded, `<br />` before each line break.', example: 'Ship it' })
  message: string;

  @ApiProperty({ description: 'Whether its recipient has viewed it.', enum: ['0', '1'], example: '0' })
  viewed: string;

  @ApiProperty({ type: 'integer', description: 'Unix seconds.', example: 1790000123 })
  time: number;
}

/** Whose view a message was removed from. */
class RemovableDto extends MessageTextDto {
  @ApiProperty({ enum: ['', '1'], description: 'The sender removed it from his own view.', example: '' })
  is_deleted_from: string;

  @ApiProperty({ enum: ['', '1'], description: 'The recipient removed it from his own view.', example: '' })
  is_deleted_to: string;

  @ApiPropertyOptional({ description: `${FILE} Digits.`, example: '612' })
  attachment_guid?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: FILE, example: 'offer.pdf' })
  attachment_name?: string | null;
}

/** message_add */
@ApiSchema({ name: 'OssnAddedMessage' })
export class AddedMessageDto extends MessageTextDto {
  @ApiProperty({ type: TrimmedUserDto })
  message_from: TrimmedUserDto;

  @ApiProperty({ type: TrimmedUserDto })
  message_to: TrimmedUserDto;
}

/** message/send */
@ApiSchema({ name: 'OssnMessage' })
export class SentMessageDto extends RemovableDto {
  @ApiProperty(EMPTY_OBJECT)
  data: object;

  @ApiProperty({ type: TrimmedUserDto })
  message_from: TrimmedUserDto;

  @ApiProperty({ type: TrimmedUserDto })
  message_to: TrimmedUserDto;

  @ApiPropertyOptional({ name: 'file:attachment', description: FILE, example: 'attachment/3f0c5d9e8b7a6c5d4e3f2a1b0c9d8e7f.pdf' })
  fileAttachment?: string;

  @ApiPropertyOptional({ enum: ['file', 'image'], description: FILE, example: 'file' })
  type_of_attachment?: string;

  @ApiPropertyOptional({ description: `${FILE} Where it is fetched.`, example: 'https://harbour.example/messages/attachment/612/offer.pdf?e=1790604923&s=...' })
  attachment_url?: string;
}

/** message_list, message_new and message_recent */
@ApiSchema({ name: 'OssnMessageV1' })
export class MessageV1Dto extends SentMessageDto {
  @ApiPropertyOptional({ description: 'Deleted for both; its place stays.', enum: ['1'], example: '1' })
  is_deleted?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'In message_recent.', example: 0 })
  answered?: number;
}

/** message/list and message/new */
@ApiSchema({ name: 'OssnListedMessage' })
export class ListedMessageDto extends RemovableDto {
  @ApiPropertyOptional({ ...EMPTY_OBJECT, description: 'Always empty; in message/new.' })
  data?: object;

  @ApiProperty({ type: 'integer', example: 31 })
  message_from: number;

  @ApiProperty({ type: 'integer', example: 44 })
  message_to: number;

  @ApiPropertyOptional({ oneOf: [{ type: 'string', enum: ['file', 'image'] }, { type: 'boolean', enum: [false] }], description: 'false in message/new where there is no file.', example: 'file' })
  type_of_attachment?: string | false;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'null in message/new where there is no file.' })
  attachment_url?: string | null;

  @ApiPropertyOptional({ description: 'Deleted for both; its place stays.', enum: ['1'], example: '1' })
  is_deleted?: string;
}

const listOf = (item: new () => object): ApiPropertyOptions => ({
  oneOf: [{ type: 'array', items: { $ref: getSchemaPath(item) } }, { type: 'boolean', enum: [false] }],
  description: 'false where it would be empty.',
});

/** message/list */
@ApiSchema({ name: 'OssnMessagePage' })
export class MessagePageDto {
  @ApiProperty(listOf(ListedMessageDto))
  list: ListedMessageDto[] | false;

  @ApiProperty({ type: WithUserDto })
  withuser: WithUserDto;

  @ApiProperty({ type: 'integer', description: 'All messages the reader sees.', example: 25 })
  count: number;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'boolean', enum: [false] }], description: 'The page as it was sent.', example: false })
  offset: string | false;
}

/** message_list */
@ApiSchema({ name: 'OssnMessagePageV1' })
export class MessagePageV1Dto extends MessagePageDto {
  @ApiProperty(listOf(MessageV1Dto))
  override list: never;
}

/** message/new */
@ApiSchema({ name: 'OssnNewMessages' })
export class NewMessagesDto {
  @ApiProperty(listOf(ListedMessageDto))
  list: ListedMessageDto[] | false;

  @ApiProperty({ type: WithUserDto })
  withuser: WithUserDto;
}

/** message_new */
@ApiSchema({ name: 'OssnNewMessagesV1' })
export class NewMessagesV1Dto extends NewMessagesDto {
  @ApiProperty(listOf(MessageV1Dto))
  override list: never;
}

/** message_recent */
@ApiSchema({ name: 'OssnRecentMessages' })
export class RecentMessagesDto {
  @ApiProperty(listOf(MessageV1Dto))
  list: MessageV1Dto[] | false;

  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], description: '1, or the page as it was sent.', example: 1 })
  offset: number | string;

  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'boolean', enum: [false] }], description: 'All conversations; false where there are none.', example: 3 })
  count: number | false;
}

/** notifications_count */
@ApiSchema({ name: 'OssnCounters' })
export class CountersDto {
  @ApiProperty({ type: 'integer', example: 0 })
  notifications: number;

  @ApiProperty({ type: 'integer', description: 'Unread messages of all senders.', example: 2 })
  messages: number;

  @ApiProperty({ type: 'integer', description: 'Open friend requests.', example: 1 })
  friends: number;
}

/** unread_mesages_count_custom, for each sender */
@ApiSchema({ name: 'OssnUnreadFrom' })
export class UnreadFromDto {
  @ApiProperty({ type: 'integer', example: 2 })
  total: number;

  @ApiProperty({ type: 'integer', example: 31 })
  message_from: number;
}

/** notifications_list_user */
@ApiSchema({ name: 'OssnNotificationList' })
export class NotificationListDto {
  @ApiProperty({ example: false })
  list: boolean;

  @ApiProperty({ type: 'integer', example: 0 })
  count: number;

  @ApiProperty({ type: 'integer', example: 1 })
  offset: number;
}

/** components/list_enabled */
@ApiSchema({ name: 'OssnComponents' })
export class ComponentsDto {
  @ApiProperty({ type: [String], example: ['OssnBlock', 'OssnMessages', 'OssnNotifications', 'OssnProfile', 'OssnServices'] })
  components: string[];
}
