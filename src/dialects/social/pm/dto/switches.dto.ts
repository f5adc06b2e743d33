import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageDto } from './common.dto.js';

@ApiSchema({ name: 'PmPreference' })
export class PreferenceDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id: number;

  @ApiProperty({ example: 'addons' })
  section: string;

  @ApiProperty({ example: 'private_messages_enabled' })
  name: string;

  @ApiProperty({ type: Boolean, example: true })
  value: boolean;
}

@ApiSchema({ name: 'PmPreferencePage' })
export class PreferencePageDto extends PageDto {
  @ApiProperty({ type: [PreferenceDto] })
  results: PreferenceDto[];
}

@ApiSchema({ name: 'PmFeature' })
export class FeatureDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id: number;

  @ApiProperty({ example: 'private_messaging' })
  name: string;

  @ApiProperty({ example: true })
  enabled: boolean;
}

@ApiSchema({ name: 'PmFeaturePage' })
export class FeaturePageDto extends PageDto {
  @ApiProperty({ type: [FeatureDto] })
  results: FeatureDto[];
}
