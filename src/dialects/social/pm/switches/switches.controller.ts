import { Controller, Get, Inject, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { FeaturePageDto, PreferencePageDto } from '../dto/switches.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { type PmPage, pmPage, sliceOf } from '../pm.pages.js';
import { FEATURES, type PmFeature, type PmPreference, PREFERENCES } from './switches.js';

/** What clients ask before anybody signs in: what there is to be shown at all. */
@PmDocs()
@Controller('api/v2')
export class SwitchesController {
  private readonly publicUrl: string;

  constructor(@Inject(Config) config: Config) {
    this.publicUrl = config.publicUrl;
  }

  @Get('dynamic_preference')
  @Docs({ summary: 'What clients shall show', token: false, paged: true, response: PreferencePageDto })
  preferences(@Req() request: Request): PmPage<PmPreference> {
    return this.page(request, PREFERENCES);
  }

  @Get('feature')
  @Docs({ summary: 'What this server can do', token: false, paged: true, response: FeaturePageDto })
  features(@Req() request: Request): PmPage<PmFeature> {
    return this.page(request, FEATURES);
  }

  private page<T>(request: Request, list: readonly T[]): PmPage<T> {
    const slice = sliceOf(request);
    return pmPage(this.publicUrl, request, slice, list.length, list.slice(slice.offset, slice.offset + slice.limit));
  }
}
