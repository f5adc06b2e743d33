import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { CellMetadataDto } from './common.dto.js';

/** Bodies are read by control.parse.ts; these classes describe them. */
@ApiSchema({ name: 'CellNewCell' })
export class NewCellDto {
  @ApiProperty({ example: 'ada', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$' })
  Name: string;
}

@ApiSchema({ name: 'CellNewAccount' })
export class NewAccountDto {
  @ApiProperty({ example: 'ann', maxLength: 128 })
  Name: string;

  @ApiProperty({ required: false, enum: ['active', 'deactivated'], example: 'active' })
  Status?: string;
}

@ApiSchema({ name: 'CellNewBoundName' })
export class NewBoundNameDto {
  @ApiProperty({ example: 'friend', maxLength: 128 })
  Name: string;

  @ApiProperty({ required: false, nullable: true, type: String, example: null, description: 'The Box it is bound to.' })
  '_Box.Name'?: string | null;
}

@ApiSchema({ name: 'CellNewExtCell' })
export class NewExtCellDto {
  @ApiProperty({ example: 'https://post.example/ben/', description: 'Address of a cell, with the slash at its end.' })
  Url: string;
}

@ApiSchema({ name: 'CellNewBox' })
export class NewBoxDto {
  @ApiProperty({ example: 'board', maxLength: 128 })
  Name: string;

  @ApiProperty({ required: false, nullable: true, type: String, example: 'https://post.example/app/', description: 'Address of the app it belongs to.' })
  Schema?: string | null;
}

@ApiSchema({ name: 'CellLinkTarget' })
export class LinkTargetDto {
  @ApiProperty({ example: "https://post.example/ada/__ctl/Role(Name='reader',_Box.Name=null)" })
  uri: string;
}

@ApiSchema({ name: 'CellObject' })
export class CellObjectDto {
  @ApiProperty({ type: CellMetadataDto })
  __metadata: CellMetadataDto;

  @ApiProperty({ example: '/Date(1486638759524)/' })
  __published: string;

  @ApiProperty({ example: '/Date(1486638759524)/' })
  __updated: string;
}

@ApiSchema({ name: 'CellObjectResults' })
export class CellObjectResultsDto {
  @ApiProperty({ type: CellObjectDto })
  results: CellObjectDto;
}

@ApiSchema({ name: 'CellObjectAnswer' })
export class CellObjectAnswerDto {
  @ApiProperty({ type: CellObjectResultsDto })
  d: CellObjectResultsDto;
}

@ApiSchema({ name: 'CellObjectsResults' })
export class CellObjectsResultsDto {
  @ApiProperty({ type: [CellObjectDto] })
  results: CellObjectDto[];

  @ApiProperty({ required: false, example: '1', description: 'Only with `$inlinecount=allpages`.' })
  __count?: string;
}

@ApiSchema({ name: 'CellObjectsAnswer' })
export class CellObjectsAnswerDto {
  @ApiProperty({ type: CellObjectsResultsDto })
  d: CellObjectsResultsDto;
}

@ApiSchema({ name: 'CellLinksResults' })
export class CellLinksResultsDto {
  @ApiProperty({ type: [LinkTargetDto] })
  results: LinkTargetDto[];
}

@ApiSchema({ name: 'CellLinksAnswer' })
export class CellLinksAnswerDto {
  @ApiProperty({ type: CellLinksResultsDto })
  d: CellLinksResultsDto;
}

@ApiSchema({ name: 'CellNameAndUrl' })
export class CellNameAndUrlDto {
  @ApiProperty({ example: 'ada' })
  name: string;

  @ApiProperty({ example: 'https://post.example/ada/' })
  url: string;
}

@ApiSchema({ name: 'CellSelf' })
export class CellSelfDto {
  @ApiProperty({ type: CellNameAndUrlDto })
  cell: CellNameAndUrlDto;
}

@ApiSchema({ name: 'CellKeys' })
export class CellKeysDto {
  @ApiProperty({ type: [Object], description: 'JSON Web Keys (RFC 7517).' })
  keys: object[];
}

@ApiSchema({ name: 'CellToken' })
export class CellTokenDto {
  @ApiProperty()
  access_token: string;

  @ApiProperty({ example: 'Bearer' })
  token_type: string;

  @ApiProperty({ example: 3600 })
  expires_in: number;

  @ApiProperty()
  refresh_token: string;

  @ApiProperty({ example: 86400 })
  refresh_token_expires_in: number;

  @ApiProperty({ required: false, nullable: true, type: Number, description: 'The login before this one, in milliseconds.' })
  last_authenticated?: number | null;

  @ApiProperty({ required: false, example: 0, description: 'Wrong passwords since then.' })
  failed_count?: number;

  @ApiProperty({ required: false, example: 'https://post.example/ben/' })
  p_target?: string;
}

@ApiSchema({ name: 'CellTokenRequest' })
export class CellTokenRequestDto {
  @ApiProperty({ enum: ['password', 'refresh_token'], example: 'password' })
  grant_type: string;

  @ApiProperty({ required: false, example: 'ann' })
  username?: string;

  @ApiProperty({ required: false, example: 'a-password-of-hers' })
  password?: string;

  @ApiProperty({ required: false })
  refresh_token?: string;

  @ApiProperty({ required: false, description: 'Address of a cell: the token is then for that cell.' })
  p_target?: string;

  @ApiProperty({ required: false, description: 'Address of an app.' })
  client_id?: string;

  @ApiProperty({ required: false, description: 'A token that the app made for this cell.' })
  client_secret?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 3600 })
  expires_in?: number;

  @ApiProperty({ required: false, minimum: 1, maximum: 86400 })
  refresh_token_expires_in?: number;
}
