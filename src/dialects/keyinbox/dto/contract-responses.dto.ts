import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ID, KEY } from './examples.js';
import { EnvelopeDto } from './responses.dto.js';

/** One of the two sides of a contract. */
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
