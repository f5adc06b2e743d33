import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'EnvelopeError' })
export class ErrorDto {
  @ApiProperty({ description: 'For programs.', example: 'bad_token' })
  error: string;

  @ApiProperty({ description: 'One sentence for people.', example: 'The token does not open this mailbox.' })
  message: string;

  @ApiProperty({ required: false, description: 'With `unknown_algorithm`: which algorithm is meant.', enum: ['envelope', 'packet'] })
  layer?: string;

  @ApiProperty({ required: false, type: [String], description: 'With `unknown_algorithm`: those of this server.' })
  supported?: string[];

  @ApiProperty({ required: false, type: [String], description: 'With `algorithm_not_accepted`: those of the recipient.' })
  accepted?: string[];
}
