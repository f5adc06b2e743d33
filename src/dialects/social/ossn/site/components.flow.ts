import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { OssnVariables } from '../ossn.config.js';

/** Components that are always there. */
const ALWAYS: readonly string[] = ['OssnProfile', 'OssnServices'];

/** components/list_enabled */
@Injectable()
export class ComponentsFlow {
  private readonly components: readonly string[];

  constructor(@Inject(Config) config: Config) {
    this.components = [...new Set([...config.section(OssnVariables).OSSN_COMPONENTS, ...ALWAYS])].sort();
  }

  /** @returns what is switched on */
  async list(): Promise<{ components: readonly string[] }> {
    return { components: this.components };
  }
}
