import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, IsPositive, IsString, Max, Min } from 'class-validator';
import { KEY } from './examples.js';

/** The text of a message. */
@ApiSchema({ name: 'KeyInboxMessageText' })
export class MessageTextDto {
  @ApiProperty({ description: 'Plain text, kept byte for byte and never interpreted. May be empty if the subject is not.', example: 'Hello, buddy!' })
  @IsString()
  content: string;

  @ApiProperty({ description: 'Short, like the subject of an email. May be empty if the content is not.', example: 'Important encrypted message' })
  @IsString()
  subject: string;
}

/** Which part of a list is wanted. */
@ApiSchema({ name: 'KeyInboxPaginationRequest' })
export class PaginationRequestDto {
  @ApiProperty({ description: 'How many to leave out, from the newest on.', minimum: 0, example: 0 })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  skip: number;

  @ApiProperty({ description: 'How many to give; -1 for all from `skip` on.', minimum: -1, example: 50 })
  @IsInt()
  @Min(-1)
  @Max(Number.MAX_SAFE_INTEGER)
  take: number;
}

/** Body of POST /messages. */
@ApiSchema({ name: 'KeyInboxSendMessage' })
export class SendMessageDto {
  @ApiProperty({ description: "The recipient's public key. Nobody needs to hold it.", ...KEY })
  public_key: string;

  @ApiPropertyOptional({
    description: "The sender's private key. Absent, null or empty: not identified, if the network allows it. May come in the header X-SLS-Private-Key instead.",
    type: String,
    nullable: true,
  })
  private_key?: string | null;

  @ApiProperty({ type: MessageTextDto })
  message: MessageTextDto;
}

/** Body of PUT /messages/{id}. */
@ApiSchema({ name: 'KeyInboxEditMessage' })
export class EditMessageDto {
  @ApiPropertyOptional({ description: "The sender's private key; may come in the header X-SLS-Private-Key instead." })
  private_key?: string;

  @ApiPropertyOptional({ description: "The recipient's public key. Clients of protocol 0.15 leave it out.", ...KEY })
  public_key?: string;

  @ApiProperty({ type: MessageTextDto, description: 'The new text; both parts are required.' })
  message: MessageTextDto;
}

/** What the owner of a key says about himself, for everybody. */
@ApiSchema({ name: 'KeyInboxPublicInfo' })
export class PublicInfoDto {
  @ApiPropertyOptional({ example: 'Ada' })
  @IsOptional()
  @IsString()
  name?: string | null;

  @ApiPropertyOptional({ example: 'Writes programs.' })
  @IsOptional()
  @IsString()
  biography?: string | null;
}

/** Body of a request that carries nothing but the private key. */
@ApiSchema({ name: 'KeyInboxPrivateKey' })
export class PrivateKeyDto {
  @ApiPropertyOptional({ description: 'May come in the header X-SLS-Private-Key instead.' })
  private_key?: string;
}

/** Body of POST /identity. */
@ApiSchema({ name: 'KeyInboxSetIdentity' })
export class SetIdentityDto extends PrivateKeyDto {
  @ApiProperty({ type: PublicInfoDto })
  public: PublicInfoDto;
}

/** What is to be signed, and within which time. */
@ApiSchema({ name: 'KeyInboxContractTerms' })
export class ContractTermsDto {
  @ApiProperty({ description: 'What is to be signed.', example: 'Authorize login at example.org' })
  @IsString()
  message: string;

  @ApiProperty({ description: 'Seconds until it can no longer be decided on; the server has a ceiling.', example: 600 })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  expires: number;
}

/** Body of POST /sign. */
@ApiSchema({ name: 'KeyInboxCreateContract' })
export class CreateContractDto extends ContractTermsDto {
  @ApiPropertyOptional({ description: "The issuer's private key; may come in the header X-SLS-Private-Key instead." })
  private_key?: string;

  @ApiProperty({ description: "The signer's public key.", ...KEY })
  public_key: string;
}

/** Body of POST /sign/{term}. */
@ApiSchema({ name: 'KeyInboxDecideContract' })
export class DecideContractDto extends PrivateKeyDto {
  @ApiProperty({ description: 'The id of the contract.' })
  id: string;
}

/** Body of PUT /sign/{id}. */
@ApiSchema({ name: 'KeyInboxContractTerm' })
export class ContractTermDto extends PrivateKeyDto {
  @ApiProperty({ enum: ['view', 'sign', 'refuse'] })
  term: string;
}
