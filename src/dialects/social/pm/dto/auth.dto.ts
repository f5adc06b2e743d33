import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'PmToken' })
export class TokenDto {
  @ApiProperty({ description: 'A JWT.' })
  token: string;
}

/** Nothing beside the status. */
@ApiSchema({ name: 'PmEmpty' })
export class EmptyDto {}
