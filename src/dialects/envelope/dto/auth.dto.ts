import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DATE, IDENTITY_PEM, SIGNATURE, WIRE_ID } from './examples.js';

const ALG = { required: false, enum: ['EdDSA', 'PS256', 'RS256'], description: 'How an RSA key signed, where that is not PS256.' };
export const CHALLENGE_ID = { description: 'Of a challenge that was not used yet.', example: WIRE_ID };
export const PROOF = { description: 'Base64, over `polypost-envelope/1`, `auth`, purpose, host, challenge_id, nonce and the fingerprint of the identity key, joined by line feeds.', example: SIGNATURE };

@ApiSchema({ name: 'EnvelopeAskChallenge' })
export class AskChallengeDto {
  @ApiProperty({ enum: ['register', 'login'], example: 'register' })
  purpose: string;

  @ApiProperty({ required: false, description: 'PEM; to register.', example: IDENTITY_PEM })
  identity_key?: string;

  @ApiProperty({ required: false, description: 'To log in: this or user_id.' })
  name?: string;

  @ApiProperty({ required: false })
  user_id?: string;
}

@ApiSchema({ name: 'EnvelopeChallenge' })
export class ChallengeAnswerDto {
  @ApiProperty({ example: WIRE_ID })
  challenge_id: string;

  @ApiProperty({ description: '32 bytes, base64.', example: 'Uli4H0qRyzb0H3sNNJ1uS2yWJZQbCTQ8q1bVgYBqYxM=' })
  nonce: string;

  @ApiProperty({ description: 'Sign only for the host you dialled.', example: 'mail.example' })
  host: string;

  @ApiProperty({ example: DATE })
  expires_at: string;
}

@ApiSchema({ name: 'EnvelopeOpenSession' })
export class OpenSessionDto {
  @ApiProperty(CHALLENGE_ID)
  challenge_id: string;

  @ApiProperty(PROOF)
  signature: string;

  @ApiProperty(ALG)
  alg?: string;

  @ApiProperty({ required: false, description: 'A note for the list of sessions.', example: 'laptop' })
  device?: string;
}

@ApiSchema({ name: 'EnvelopeSession' })
export class SessionAnswerDto {
  @ApiProperty({ description: 'For `Authorization: Bearer`. Shown once.', example: 'pps1_…' })
  session_token: string;

  @ApiProperty({ example: WIRE_ID })
  session_id: string;

  @ApiProperty({ example: DATE })
  expires_at: string;

  @ApiProperty({ example: WIRE_ID })
  user_id: string;
}

@ApiSchema({ name: 'EnvelopeSessionItem' })
export class SessionItemDto {
  @ApiProperty({ example: WIRE_ID })
  session_id: string;

  @ApiProperty({ example: 'laptop' })
  device: string;

  @ApiProperty({ example: DATE })
  created_at: string;

  @ApiProperty({ example: DATE })
  expires_at: string;

  @ApiProperty({ description: 'Whether it is the one that asks.', example: true })
  current: boolean;
}

@ApiSchema({ name: 'EnvelopeSessions' })
export class SessionListDto {
  @ApiProperty({ type: [SessionItemDto] })
  sessions: SessionItemDto[];
}

export const ALG_DOCS = ALG;
