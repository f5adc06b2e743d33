import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from './common.dto.js';
import { UserDto } from './users.dto.js';

const MESSAGE_ID = 9001;
const THREAD_ID = 310;
const FILE_URL = 'https://messages.example.org/api/v2/pm/file/5d0c9f0e-4f3a-4f0e-9a55-1f1a8b6f9b11/?e=1795255200&s=…';

/** The file of a message. */
@ApiSchema({ name: 'PmFile' })
export class FileDto {
  @ApiProperty({ description: 'What the file is sent by.', example: '5d0c9f0e-4f3a-4f0e-9a55-1f1a8b6f9b11' })
  uuid: string;

  @ApiProperty({ example: 'harbour.jpg' })
  filename: string;

  @ApiProperty({ type: 'integer', description: 'Bytes.', example: 48213 })
  filesize: number;

  @ApiProperty({ description: 'As told by the content.', example: 'image/jpeg' })
  mimetype: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds.', example: null })
  duration: number | null;

  @ApiProperty({ description: 'Opens by itself for a while; reading the message makes a new one.', example: FILE_URL })
  url: string;

  @ApiProperty({ type: String, nullable: true, description: 'Of a picture without one: the picture itself.', example: FILE_URL })
  thumbnail: string | null;
}

/** A message; the same shape wherever one stands. */
@ApiSchema({ name: 'PmMessage' })
export class MessageDto {
  @ApiProperty({ type: 'integer', description: 'Grows with time.', example: MESSAGE_ID })
  id: number;

  @ApiProperty({ type: 'integer', example: 7 })
  sender_id: number;

  @ApiProperty({ description: 'Safe to insert as HTML.', example: 'Lunch?' })
  message: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2025-03-04T11:15:02.417Z' })
  created_at: string;

  @ApiProperty({ enum: ['created', 'hidden'], description: 'hidden: taken back; the text says so.', example: 'created' })
  status: string;

  @ApiProperty({ type: FileDto, nullable: true })
  file: FileDto | null;

  @ApiProperty({ type: UserDto })
  sender: UserDto;

  @ApiProperty({ type: UserDto })
  receiver: UserDto;

  @ApiProperty({ type: Object, nullable: true, description: 'Always null.', example: null })
  group: null;

  @ApiProperty({ type: 'integer', example: THREAD_ID })
  thread_id: number;
}

/** A thread in the list of threads. */
@ApiSchema({ name: 'PmSnippet' })
export class SnippetDto {
  @ApiProperty({ type: 'integer', description: 'Of the thread.', example: THREAD_ID })
  id: number;

  @ApiProperty({ description: 'The beginning of the last message; the name of its file where it has no text.', example: 'Lunch?' })
  headline: string;

  @ApiProperty({ type: UserDto, description: 'Of the last message.' })
  sender: UserDto;

  @ApiProperty({ type: UserDto, description: 'Of the last message.' })
  receiver: UserDto;

  @ApiProperty({ type: Object, nullable: true, description: 'Always null.', example: null })
  group: null;

  @ApiProperty({ type: String, format: 'date-time', description: 'When the first message was written.', example: '2025-03-01T08:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2025-03-04T11:15:02.417Z' })
  last_message_at: string;

  @ApiProperty({ enum: ['new', 'seen'], example: 'new' })
  thread_status: string;

  @ApiProperty({ type: 'integer', example: 1 })
  unread_count: number;
}

/** What is sent. */
@ApiSchema({ name: 'PmNewMessage' })
export class NewMessageDto {
  @ApiProperty({ type: 'array', items: { type: 'integer' }, description: 'One id, or a list of at most 50. Each of them must follow the sender.', example: [42] })
  recipients: number[];

  @ApiProperty({ description: 'May be empty where a file goes with it.', example: 'Lunch?' })
  message: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Of a finished upload. The answer is a list where this is given, even null.' })
  file_uuid?: string | null;
}

/** Threads. */
@ApiSchema({ name: 'PmSnippetPage' })
export class SnippetPageDto extends PageDto {
  @ApiProperty({ type: [SnippetDto] })
  results: SnippetDto[];
}

/** What marks a thread as seen. */
@ApiSchema({ name: 'PmSeen' })
export class SeenDto {
  @ApiPropertyOptional({ type: 'integer', example: THREAD_ID })
  thread?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'In place of a thread: the other person.', example: 42 })
  user?: number;
}

/** What an upload answers. */
@ApiSchema({ name: 'PmUpload' })
export class UploadDto {
  @ApiPropertyOptional({ description: 'Not for a part.', example: FILE_URL })
  file_url?: string;

  @ApiProperty({ description: 'The same for all parts of a file.', example: '5d0c9f0e-4f3a-4f0e-9a55-1f1a8b6f9b11' })
  file_uuid: string;

  @ApiPropertyOptional({ description: 'Of a thumbnail: the file it shows.' })
  parent_file_uuid?: string;
}

/** The fields of an upload. */
@ApiSchema({ name: 'PmUploadFields' })
export class UploadFieldsDto {
  @ApiProperty({ type: String, format: 'binary', description: 'The file, or a part of it. Not with `?done`.' })
  file: string;

  @ApiPropertyOptional({ description: 'From the second part on, and with `?done`.' })
  uuid?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'From 0. Parts may come in any order.' })
  partindex?: number;

  @ApiPropertyOptional({ type: 'integer' })
  totalparts?: number;

  @ApiPropertyOptional({ description: 'Of a thumbnail: the file it shows.' })
  parentuuid?: string;

  @ApiPropertyOptional()
  filename?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Bytes of the whole file.' })
  totalfilesize?: number;

  @ApiPropertyOptional({ description: 'Of the whole file; 32 hexadecimal digits.' })
  md5?: string;

  @ApiPropertyOptional({ type: Number, description: 'Seconds.' })
  duration?: number;
}

/** One message somebody was told of. */
@ApiSchema({ name: 'PmNotice' })
export class NoticeDto {
  @ApiProperty()
  is_new: boolean;

  @ApiProperty({ example: String(MESSAGE_ID) })
  sid: string;

  @ApiProperty({ example: 'private_message' })
  type: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2025-03-04T11:15:02.417Z' })
  active_at: string;

  @ApiProperty({ type: MessageDto })
  message: MessageDto;
}

/** Notifications in the form of lists. */
@ApiSchema({ name: 'PmNotification' })
export class NotificationDto {
  @ApiProperty({ description: 'Not listed before, nor marked as read.' })
  is_new: boolean;

  @ApiProperty({ example: String(MESSAGE_ID) })
  sid: string;

  @ApiProperty({ type: [NoticeDto], description: 'Always one.' })
  aggregated: NoticeDto[];
}

/** Notifications, with cursors and without a count. */
@ApiSchema({ name: 'PmNotificationPage' })
export class NotificationPageDto {
  @ApiProperty({ type: String, nullable: true, example: null })
  next: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  previous: string | null;

  @ApiProperty({ type: [NotificationDto] })
  results: NotificationDto[];
}

/** Notifications to mark as read. */
@ApiSchema({ name: 'PmSids' })
export class SidsDto {
  @ApiProperty({ type: [String], example: [String(MESSAGE_ID)] })
  sids: string[];
}

/** How many notifications were not seen yet. */
@ApiSchema({ name: 'PmCount' })
export class CountDto {
  @ApiProperty({ type: 'integer', example: 3 })
  count: number;
}
