import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DATE, ENCRYPTION_PEM, FINGERPRINT, HPKE, IDENTITY_PEM, SIGNATURE, SUITES } from './examples.js';

@ApiSchema({ name: 'EnvelopeServerKeyAnswer' })
export class ServerKeyAnswerDto {
  @ApiProperty({ description: 'The fingerprint of the key.', example: FINGERPRINT })
  kid: string;

  @ApiProperty({ description: 'PEM.', example: ENCRYPTION_PEM })
  public_key: string;

  @ApiProperty({ type: [String], example: [HPKE] })
  algorithms: string[];

  @ApiProperty({ description: 'When it is replaced, or ends.', example: DATE })
  not_after: string;
}

@ApiSchema({ name: 'EnvelopeServerKey' })
export class ServerKeyDto extends ServerKeyAnswerDto {
  @ApiProperty({ enum: ['current', 'previous'], example: 'current' })
  status: string;
}

@ApiSchema({ name: 'EnvelopeServerLimits' })
export class ServerLimitsDto {
  @ApiProperty({ example: 1048576 })
  body_bytes: number;

  @ApiProperty({ example: 26214400 })
  attachment_bytes: number;
}

@ApiSchema({ name: 'EnvelopeServerDocument' })
export class ServerDocumentDto {
  @ApiProperty({ example: 'polypost-envelope/1' })
  protocol: string;

  @ApiProperty({ example: 'mail.example' })
  host: string;

  @ApiProperty({ example: 'https://mail.example' })
  base_url: string;

  @ApiProperty({ description: 'PEM, Ed25519. Clients remember it.', example: IDENTITY_PEM })
  identity_key: string;

  @ApiProperty({ type: [ServerKeyDto] })
  keys: ServerKeyDto[];

  @ApiProperty({ type: [String], description: 'In order of preference.', example: SUITES })
  algorithms: string[];

  @ApiProperty({ type: ServerLimitsDto })
  limits: ServerLimitsDto;

  @ApiProperty({ enum: ['open', 'invite', 'closed'], example: 'open' })
  registration: string;

  @ApiProperty({ example: DATE })
  issued_at: string;

  @ApiProperty({ example: DATE })
  expires_at: string;

  @ApiProperty({ description: 'Base64.', example: SIGNATURE })
  signature: string;
}
