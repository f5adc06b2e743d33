import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MessageTextDto, PublicInfoDto } from './requests.dto.js';

const KEY = { example: '0x8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f' };
const ID = { example: '0xSID6553f10000000k3v0q9d2m7c1t8s5u4r6p' };
const DIGEST = { description: 'BLAKE3 over content and subject, 64 hex digits.', example: '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9' };

/** One sentence of the server. */
export class ServerMessageDto {
  @ApiProperty({ enum: ['info', 'warn', 'error', 'fatal'] })
  level: string;

  @ApiProperty()
  message: string;

  @ApiPropertyOptional({ description: 'Machine-readable; stable where the sentence is not.' })
  code?: string;
}

/** What every answer has. */
export class EnvelopeDto {
  @ApiProperty()
  success: boolean;

  @ApiProperty({ type: [ServerMessageDto] })
  messages: ServerMessageDto[];
}

/** An answer without data. */
export class EmptyDto extends EnvelopeDto {
  @ApiProperty({ type: Object, nullable: true, example: null })
  response: null;
}

/** A refusal. */
export class FailureDto extends EmptyDto {}

/** A key pair. */
export class KeyPairDto {
  @ApiProperty({ description: 'Shown once and kept nowhere.' })
  private_key: string;

  @ApiProperty(KEY)
  public_key: string;

  @ApiProperty({ example: 'localhost:3000' })
  host: string;
}

export class KeyPairAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: KeyPairDto })
  response: KeyPairDto;
}

/** Whose key it is. */
export class AuthenticatedDto {
  @ApiProperty(KEY)
  public_key: string;

  @ApiProperty(KEY)
  public_address: string;
}

export class AuthenticatedAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: AuthenticatedDto })
  response: AuthenticatedDto;
}

export class IdentityAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: PublicInfoDto })
  response: PublicInfoDto;
}

/** What the server allows. */
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

export class ServerInfoAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: ServerInfoDto })
  response: ServerInfoDto;
}

/** Both sides of a message, under the names of both generations. */
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
export class SentDto {
  @ApiProperty({ type: PairDto })
  pair: PairDto;

  @ApiProperty({ description: 'Bytes of the stored, sealed message.' })
  message_length: number;

  @ApiProperty(ID)
  id: string;

  @ApiProperty(DIGEST)
  message_blake3_digest: string;
}

export class SentAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: SentDto })
  response: SentDto;
}

/** How much there is, and how much of it was given. */
export class PaginationDto {
  @ApiProperty()
  total: number;

  @ApiProperty()
  query: number;
}

/** A message in a list: its texts cut to 30 characters. */
export class ListedMessageDto {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ description: 'Unix seconds.' })
  created_at: number;

  @ApiProperty()
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

export class MessageListDto {
  @ApiProperty({ type: PaginationDto })
  pagination_data: PaginationDto;

  @ApiProperty({ type: [ListedMessageDto] })
  messages: ListedMessageDto[];
}

export class MessageListAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: MessageListDto })
  response: MessageListDto;
}

/** What is known of a message beside its text. */
export class ManifestDto {
  @ApiProperty({ description: 'Unix seconds.' })
  created_at: number;

  @ApiProperty({ description: 'Unix seconds.' })
  updated_at: number;

  @ApiProperty()
  is_modified: boolean;

  @ApiProperty(DIGEST)
  message_blake3_digest: string;
}

export class SenderDto {
  @ApiProperty({ ...KEY, type: String, nullable: true })
  public_key: string | null;

  @ApiProperty({ example: '<hidden>' })
  ip_address: string;

  @ApiProperty({ example: '<hidden>' })
  useragent: string;
}

/** A message in full. */
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

  @ApiProperty({ description: 'Bytes of the stored, sealed message.' })
  size: number;

  @ApiProperty({ type: MessageTextDto })
  message: MessageTextDto;
}

export class MessageAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: MessageDto })
  response: MessageDto;
}

export class PartyDto {
  @ApiProperty(KEY)
  public_key: string;
}

export class ContractStatusDto {
  @ApiProperty({ type: Boolean, nullable: true, description: 'null until decided.' })
  sign_status: boolean | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Unix seconds.' })
  date: number | null;
}

/** A contract in full. */
export class ContractDto {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ description: 'Unix seconds.' })
  issued: number;

  @ApiProperty({ description: 'Seconds the signer has, from then on.' })
  expires: number;

  @ApiProperty()
  message: string;

  @ApiProperty({ type: PartyDto })
  issuer: PartyDto;

  @ApiProperty({ type: PartyDto })
  signer: PartyDto;

  @ApiProperty({ type: ContractStatusDto })
  status: ContractStatusDto;
}

export class ContractAnswerDto extends EnvelopeDto {
  @ApiProperty({ type: ContractDto })
  response: ContractDto;
}
