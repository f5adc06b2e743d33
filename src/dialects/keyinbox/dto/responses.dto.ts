import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { KEY } from './examples.js';
import { PublicInfoDto } from './requests.dto.js';

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
