import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DATE, HPKE, WIRE_ID } from './examples.js';

const LABEL = { required: false, description: 'A note; the server can read it.', example: 'for Bob' };

@ApiSchema({ name: 'EnvelopeChangeToken' })
export class ChangeTokenDto {
  @ApiProperty(LABEL)
  label?: string;

  @ApiProperty({ required: false, type: String, nullable: true, description: 'A time to come; null for none.', example: null })
  expires_at?: string | null;

  @ApiProperty({ required: false, type: Number, nullable: true, description: 'Deliveries ever; null for no bound.', example: null })
  max_messages?: number | null;

  @ApiProperty({ required: false, example: 60 })
  per_minute?: number;

  @ApiProperty({ required: false, example: 2000 })
  per_day?: number;

  @ApiProperty({ required: false, example: 67108864 })
  bytes_per_day?: number;

  @ApiProperty({ required: false, type: [String], nullable: true, description: 'null for all that fit your key.', example: [HPKE] })
  accept_algorithms?: string[] | null;
}

@ApiSchema({ name: 'EnvelopeIssueToken' })
export class IssueTokenDto extends ChangeTokenDto {
  @ApiProperty({ required: false, type: [String], enum: ['deliver', 'key', 'attach'], example: ['deliver', 'key'] })
  scopes?: string[];
}

@ApiSchema({ name: 'EnvelopeTokenLimits' })
export class TokenLimitsDto {
  @ApiProperty({ example: 60 })
  per_minute: number;

  @ApiProperty({ example: 2000 })
  per_day: number;

  @ApiProperty({ example: 67108864 })
  bytes_per_day: number;

  @ApiProperty({ type: Number, nullable: true, example: null })
  max_messages: number | null;
}

@ApiSchema({ name: 'EnvelopeToken' })
export class TokenDto {
  @ApiProperty({ example: WIRE_ID })
  token_id: string;

  @ApiProperty({ example: 'for Bob' })
  label: string;

  @ApiProperty({ example: DATE })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  expires_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  revoked_at: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'A day, UTC.', example: '2026-11-20' })
  last_used_on: string | null;

  @ApiProperty({ example: 12 })
  use_count: number;

  @ApiProperty({ type: TokenLimitsDto })
  limits: TokenLimitsDto;

  @ApiProperty({ type: [String], example: ['deliver', 'key'] })
  scopes: string[];

  @ApiProperty({ type: [String], nullable: true, example: null })
  accept_algorithms: string[] | null;
}

@ApiSchema({ name: 'EnvelopeIssuedToken' })
export class IssuedTokenDto extends TokenDto {
  @ApiProperty({ description: 'Shown once.', example: 'ppt1_…' })
  token: string;
}

@ApiSchema({ name: 'EnvelopeTokens' })
export class TokenListDto {
  @ApiProperty({ type: [TokenDto] })
  tokens: TokenDto[];
}
