import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'CellErrorMessage' })
export class CellErrorMessageDto {
  @ApiProperty({ example: 'en' })
  lang: string;

  @ApiProperty({ example: 'request body format error. field [To]' })
  value: string;
}

@ApiSchema({ name: 'CellError' })
export class CellErrorDto {
  @ApiProperty({ example: 'PR400-OD-0006', description: 'Its digits are the status.' })
  code: string;

  @ApiProperty({ type: CellErrorMessageDto })
  message: CellErrorMessageDto;
}

@ApiSchema({ name: 'CellMetadata' })
export class CellMetadataDto {
  @ApiProperty({ example: "https://post.example/ada/__ctl/Account('ann')" })
  uri: string;

  @ApiProperty({ example: 'W/"1-1486638759524"' })
  etag: string;

  @ApiProperty({ example: 'CellCtl.Account' })
  type: string;
}
