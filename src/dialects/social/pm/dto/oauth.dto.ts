import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'PmTokenRequest' })
export class TokenRequestDto {
  @ApiProperty({ enum: ['password', 'refresh_token', 'authorization_code'] })
  grant_type: string;

  @ApiProperty({ example: '5f2c8a0e9b7d4c31a6e0f1d2c3b4a596' })
  client_id: string;

  @ApiPropertyOptional({ description: 'Of clients that have one.' })
  client_secret?: string;

  @ApiPropertyOptional({ description: 'password: username or e-mail address.' })
  username?: string;

  @ApiPropertyOptional()
  password?: string;

  @ApiPropertyOptional()
  refresh_token?: string;

  @ApiPropertyOptional()
  code?: string;

  @ApiPropertyOptional({ description: 'authorization_code: as it was given when the code was asked for.' })
  redirect_uri?: string;

  @ApiPropertyOptional({ description: 'authorization_code with PKCE.' })
  code_verifier?: string;
}

@ApiSchema({ name: 'PmTokenAnswer' })
export class TokenAnswerDto {
  @ApiProperty()
  access_token: string;

  @ApiProperty({ type: 'integer', description: 'Seconds.', example: 36_000 })
  expires_in: number;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: string;

  @ApiProperty({ example: 'read write' })
  scope: string;

  @ApiProperty()
  refresh_token: string;
}

@ApiSchema({ name: 'PmRevoke' })
export class RevokeDto {
  @ApiProperty()
  client_id: string;

  @ApiPropertyOptional({ description: 'Of clients that have one.' })
  client_secret?: string;

  @ApiProperty()
  token: string;
}

@ApiSchema({ name: 'PmOAuthError' })
export class OAuthErrorDto {
  @ApiProperty({ example: 'invalid_grant' })
  error: string;

  @ApiPropertyOptional()
  error_description?: string;
}
