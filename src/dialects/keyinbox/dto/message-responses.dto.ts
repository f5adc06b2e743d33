import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DIGEST, ID, KEY } from './examples.js';
import { MessageTextDto } from './requests.dto.js';
import { EnvelopeDto } from './responses.dto.js';

/** Both sides of a message, under the names of both generations. */
@ApiSchema({ name: 'KeyInboxPair' })
export class PairDto {
  @ApiProperty({ ...KEY, type: String, nullable: true })
  sender_public_key: string | null;

  @ApiProperty(KEY)
  receiver_public_key: string;

  @ApiProperty({ ...KEY, type: String, nullable: true })
  from: string | null;

  @ApiProperty(KEY)
  to: string;
}

/** A message that was sent or edited. */
@ApiSchema({ name: 'KeyInboxSent' })
export class SentDto {
  @ApiProperty({ type: PairDto })
  pair: PairDto;

  @ApiProperty({ description: 'Bytes of the stored, sealed message.', example: 466 })
  message_length: number;

  @ApiProperty(ID)
  id: string;

  @ApiProperty(DIGEST)
  message_blake3_digest: string;
}

@ApiSchema({ name: 'KeyInboxSentAnswer' })
export class SentAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: SentDto })
  response: SentDto;
}

/** How much there is, and how much of it was given. */
@ApiSchema({ name: 'KeyInboxPagination' })
export class PaginationDto {
  @ApiProperty({ description: 'Messages in the folder.', example: 1 })
  total: number;

  @ApiProperty({ description: 'Messages in this answer.', example: 1 })
  query: number;
}

/** A message in a list: its texts cut to 30 characters. */
@ApiSchema({ name: 'KeyInboxListedMessage' })
export class ListedMessageDto {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ description: 'Unix seconds.', example: 1700000000 })
  created_at: number;

  @ApiProperty({ example: false })
  is_modified: boolean;

  @ApiProperty(DIGEST)
  message_blake3_digest: string;

  @ApiProperty({ ...KEY, type: String, nullable: true })
  from: string | null;

  @ApiProperty(KEY)
  to: string;

  @ApiProperty({ type: MessageTextDto })
  message: MessageTextDto;
}

@ApiSchema({ name: 'KeyInboxMessageList' })
export class MessageListDto {
  @ApiProperty({ type: PaginationDto })
  pagination_data: PaginationDto;

  @ApiProperty({ type: [ListedMessageDto] })
  messages: ListedMessageDto[];
}

@ApiSchema({ name: 'KeyInboxMessageListAnswer' })
export class MessageListAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: MessageListDto })
  response: MessageListDto;
}

/** What is known of a message beside its text. */
@ApiSchema({ name: 'KeyInboxManifest' })
export class ManifestDto {
  @ApiProperty({ description: 'Unix seconds.', example: 1700000000 })
  created_at: number;

  @ApiProperty({ description: 'Unix seconds.', example: 1700000000 })
  updated_at: number;

  @ApiProperty({ example: false })
  is_modified: boolean;

  @ApiProperty(DIGEST)
  message_blake3_digest: string;
}

@ApiSchema({ name: 'KeyInboxSender' })
export class SenderDto {
  @ApiProperty({ ...KEY, type: String, nullable: true })
  public_key: string | null;

  @ApiProperty({ example: '<hidden>' })
  ip_address: string;

  @ApiProperty({ example: '<hidden>' })
  useragent: string;
}

/** A message in full. */
@ApiSchema({ name: 'KeyInboxMessage' })
export class MessageDto {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ type: ManifestDto })
  manifest: ManifestDto;

  @ApiProperty({ type: PairDto })
  pair: PairDto;

  @ApiProperty({ type: SenderDto })
  sender: SenderDto;

  @ApiProperty(KEY)
  sent_to: string;

  @ApiProperty({ description: 'Bytes of the stored, sealed message.', example: 466 })
  size: number;

  @ApiProperty({ type: MessageTextDto })
  message: MessageTextDto;
}

@ApiSchema({ name: 'KeyInboxMessageAnswer' })
export class MessageAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: MessageDto })
  response: MessageDto;
}
