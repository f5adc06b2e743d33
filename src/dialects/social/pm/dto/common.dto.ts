import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** One fault in words. */
@ApiSchema({ name: 'PmFaultMessage' })
export class FaultMessageDto {
  @ApiProperty({ description: 'A sentence for people.', example: 'Unknown user.' })
  message: string;

  @ApiProperty({ description: 'Machine-readable; stable where the sentence is not.', example: 'does_not_exist' })
  code: string;
}

/** The faults of one field, or one fault of no field. */
@ApiSchema({ name: 'PmFault' })
export class FaultDto {
  @ApiPropertyOptional({ description: 'With `messages`. non_field_errors where the form as a whole is at fault.', example: 'recipients' })
  field?: string;

  @ApiPropertyOptional({ type: [FaultMessageDto] })
  messages?: FaultMessageDto[];

  @ApiPropertyOptional({ description: 'With `code`, in place of a field.', example: 'You may not write to this user.' })
  message?: string;

  @ApiPropertyOptional({ example: 'permission_denied' })
  code?: string;
}

/** Every refusal. */
@ApiSchema({ name: 'PmErrors' })
export class ErrorsDto {
  @ApiProperty({ type: [FaultDto] })
  errors: FaultDto[];
}

/** Members of every page; `results` comes with each kind of page. */
export class PageDto {
  @ApiProperty({ type: 'integer', description: 'Elements of the whole list.', example: 1 })
  count: number;

  @ApiProperty({ type: String, nullable: true, description: 'Address of the next page; null where it would be empty.', example: null })
  next: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  previous: string | null;
}

