import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { DomainError } from '../../kernel/domain-error.js';
import { KeyInboxVariables } from './keyinbox.config.js';

/** Whether the routes of later generations of the protocol are served. */
@Injectable()
export class KeyInboxGenerations {
  private readonly served: readonly string[];

  constructor(@Inject(Config) config: Config) {
    this.served = config.section(KeyInboxVariables).KEYINBOX_COMPAT;
  }

  /** @returns whether one of the generations is served */
  serves(...generations: readonly ('0.13' | '0.15')[]): boolean {
    return generations.some((generation) => this.served.includes(generation));
  }

  /** @throws DomainError route_not_found, unless one of the generations is served */
  require(...generations: readonly ('0.13' | '0.15')[]): void {
    if (!this.serves(...generations)) throw new DomainError('route_not_found');
  }
}
