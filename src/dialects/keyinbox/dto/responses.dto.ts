import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PUBLIC_KEY_EXAMPLE } from './examples.js';
import { MessageTextDto, PublicInfoDto } from './requests.dto.js';

const KEY = { example: PUBLIC_KEY_EXAMPLE };
const ID = { example: '0xSID6553f10000000k3v0q9d2m7c1t8s5u4r6p' };
const DIGEST = { description: 'BLAKE3 over content and subject, 64 hex digits.', example: '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9' };

/** One sentence of the server. */
@ApiSchema({ name: 'KeyInboxServerMessage' })
export class ServerMessageDto {
  @ApiProperty({ enum: ['info', 'warn', 'error', 'fatal'] })
  level: string;

  @ApiProperty()
  message: string;

  @ApiPropertyOptional({ description: 'Machine-readable; stable where the sentence is not.' })
  code?: string;
}

/** What every answer has. */
@ApiSchema({ name: 'KeyInboxEnvelope' })
export class EnvelopeDto {
  @ApiProperty({ description: 'false exactly when a message has level error or fatal.', example: true })
  success: boolean;

  @ApiProperty({ type: [ServerMessageDto], description: 'What happened; clients show the first.', example: [{ level: 'info', message: 'A sentence for people.' }] })
  messages: ServerMessageDto[];
}

/** An answer without data. */
@ApiSchema({ name: 'KeyInboxEmpty' })
export class EmptyDto extends EnvelopeDto {
  @ApiProperty({ type: Object, nullable: true, example: null })
  response: null;
}

/** A refusal. */
@ApiSchema({ name: 'KeyInboxFailure' })
export class FailureDto extends EmptyDto {
  @ApiProperty({ example: false })
  override success: boolean;

  @ApiProperty({ type: [ServerMessageDto], example: [{ level: 'error', message: 'Invalid private key.', code: 'invalid_private_key' }] })
  override messages: ServerMessageDto[];
}

/** A key pair. */
@ApiSchema({ name: 'KeyInboxKeyPair' })
export class KeyPairDto {
  @ApiProperty({ description: 'Shown once and kept nowhere.', example: '0xSPV...' })
  private_key: string;

  @ApiProperty(KEY)
  public_key: string;

  @ApiProperty({ example: 'localhost:3000' })
  host: string;
}

@ApiSchema({ name: 'KeyInboxKeyPairAnswer' })
export class KeyPairAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: KeyPairDto })
  response: KeyPairDto;
}

/** Whose key it is. */
@ApiSchema({ name: 'KeyInboxAuthenticated' })
export class AuthenticatedDto {
  @ApiProperty(KEY)
  public_key: string;

  @ApiProperty(KEY)
  public_address: string;
}

@ApiSchema({ name: 'KeyInboxAuthenticatedAnswer' })
export class AuthenticatedAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: AuthenticatedDto })
  response: AuthenticatedDto;
}

@ApiSchema({ name: 'KeyInboxIdentityAnswer' })
export class IdentityAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: PublicInfoDto })
  response: PublicInfoDto;
}

/** What the server allows. */
@ApiSchema({ name: 'KeyInboxServerInfo' })
export class ServerInfoDto {
  @ApiProperty({ example: '0.12.231' })
  sls_server_version: string;

  @ApiProperty({ example: 'n/a' })
  php_version: string;

  @ApiProperty({ example: 'n/a' })
  operating_system: string;

  @ApiProperty({ type: Object, additionalProperties: true })
  server_info: Record<string, unknown>;
}

@ApiSchema({ name: 'KeyInboxServerInfoAnswer' })
export class ServerInfoAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: ServerInfoDto })
  response: ServerInfoDto;
}

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

@ApiSchema({ name: 'KeyInboxParty' })
export class PartyDto {
  @ApiProperty(KEY)
  public_key: string;
}

@ApiSchema({ name: 'KeyInboxContractStatus' })
export class ContractStatusDto {
  @ApiProperty({ type: Boolean, nullable: true, description: 'null until decided.', example: null })
  sign_status: boolean | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Unix seconds; null until decided.', example: null })
  date: number | null;
}

/** A contract in full. */
@ApiSchema({ name: 'KeyInboxContract' })
export class ContractDto {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ description: 'Unix seconds.', example: 1700000000 })
  issued: number;

  @ApiProperty({ description: 'Seconds the signer has, from then on.', example: 600 })
  expires: number;

  @ApiProperty({ example: 'Authorize login at example.org' })
  message: string;

  @ApiProperty({ type: PartyDto })
  issuer: PartyDto;

  @ApiProperty({ type: PartyDto })
  signer: PartyDto;

  @ApiProperty({ type: ContractStatusDto })
  status: ContractStatusDto;
}

@ApiSchema({ name: 'KeyInboxContractAnswer' })
export class ContractAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: ContractDto })
  response: ContractDto;
}
