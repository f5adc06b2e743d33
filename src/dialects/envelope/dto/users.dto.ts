import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ALG_DOCS, CHALLENGE_ID, PROOF } from './auth.dto.js';
import { DATE, ENCRYPTION_PEM, FINGERPRINT, HPKE, IDENTITY_PEM, SIGNATURE, WIRE_ID } from './examples.js';

const KEY_SIGNATURE = { description: 'Base64, by the identity key over `polypost-envelope/1`, `key`, both fingerprints and key_created, joined by line feeds.', example: SIGNATURE };

@ApiSchema({ name: 'EnvelopeRegister' })
export class RegisterDto {
  @ApiProperty(CHALLENGE_ID)
  challenge_id: string;

  @ApiProperty(PROOF)
  signature: string;

  @ApiProperty(ALG_DOCS)
  alg?: string;

  @ApiProperty({ description: 'Letters, digits, dot, underscore and hyphen inside.', example: 'alice' })
  name: string;

  @ApiProperty({ description: 'PEM: Ed25519, or RSA.', example: IDENTITY_PEM })
  identity_key: string;

  @ApiProperty({ required: false, description: 'PEM: X25519, or RSA. Without it an RSA identity key serves for both.', example: ENCRYPTION_PEM })
  encryption_key?: string;

  @ApiProperty({ required: false, example: DATE })
  key_created?: string;

  @ApiProperty({ required: false, ...KEY_SIGNATURE })
  key_signature?: string;

  @ApiProperty({ required: false, description: 'Where registration is by invite.' })
  invite?: string;
}

@ApiSchema({ name: 'EnvelopeRegistered' })
export class RegisteredDto {
  @ApiProperty({ example: WIRE_ID })
  user_id: string;

  @ApiProperty({ example: 'alice@mail.example' })
  address: string;
}

@ApiSchema({ name: 'EnvelopeKeys' })
export class KeyObjectDto {
  @ApiProperty({ example: WIRE_ID })
  user_id: string;

  @ApiProperty({ example: 'alice@mail.example' })
  address: string;

  @ApiProperty({ example: IDENTITY_PEM })
  identity_key: string;

  @ApiProperty({ example: ENCRYPTION_PEM })
  encryption_key: string;

  @ApiProperty({ type: String, nullable: true, example: DATE })
  key_created: string | null;

  @ApiProperty({ type: String, nullable: true, ...KEY_SIGNATURE })
  key_signature: string | null;

  @ApiProperty({ type: [String], description: 'Suites for the inner part.', example: [HPKE] })
  accept_algorithms: string[];
}

@ApiSchema({ name: 'EnvelopeEarlierKey' })
export class EarlierKeyDto {
  @ApiProperty({ example: FINGERPRINT })
  kid: string;

  @ApiProperty({ example: ENCRYPTION_PEM })
  encryption_key: string;

  @ApiProperty({ example: DATE })
  until: string;
}

@ApiSchema({ name: 'EnvelopeUsage' })
export class UsageDto {
  @ApiProperty({ example: 3 })
  messages: number;

  @ApiProperty({ description: 'Of messages and attachments.', example: 4096 })
  bytes: number;
}

@ApiSchema({ name: 'EnvelopeMe' })
export class OwnObjectDto extends KeyObjectDto {
  @ApiProperty({ example: 'alice' })
  name: string;

  @ApiProperty({ example: false })
  discoverable: boolean;

  @ApiProperty({ type: Number, nullable: true, example: null })
  retention_days: number | null;

  @ApiProperty({ example: false })
  delete_on_ack: boolean;

  @ApiProperty({ example: DATE })
  created_at: string;

  @ApiProperty({ type: [EarlierKeyDto] })
  earlier_keys: EarlierKeyDto[];

  @ApiProperty({ type: UsageDto })
  usage: UsageDto;
}

@ApiSchema({ name: 'EnvelopeChangeMe' })
export class ChangeUserDto {
  @ApiProperty({ required: false, description: 'Whether the directory tells your keys to whoever knows your name.', example: true })
  discoverable?: boolean;

  @ApiProperty({ required: false, type: [String], nullable: true, description: 'null for every suite that fits your key.', example: null })
  accept_algorithms?: string[] | null;

  @ApiProperty({ required: false, type: Number, nullable: true, description: 'Messages older than that are removed; null for never.', example: 30 })
  retention_days?: number | null;

  @ApiProperty({ required: false, description: 'Whether acknowledging removes a message.', example: false })
  delete_on_ack?: boolean;
}

@ApiSchema({ name: 'EnvelopeRotateKey' })
export class RotateKeyDto {
  @ApiProperty({ example: ENCRYPTION_PEM })
  encryption_key: string;

  @ApiProperty({ description: 'Later than that of the current key.', example: DATE })
  key_created: string;

  @ApiProperty(KEY_SIGNATURE)
  key_signature: string;
}
