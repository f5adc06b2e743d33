import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { FileCapability, type FileTarget } from '../../../../core/attachments/file-capability.js';
import { type FileRole } from '../../../../core/pm/message-files.js';
import { type Clock } from '../../../../kernel/clock.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { PmVariables } from '../pm.config.js';

/** Within this part of its lifetime an address stays the same, so that browsers keep what they fetched. */
const STEPS_PER_LIFETIME = 24;

/** The addresses of files: they open by themselves, each one file in one role, for a while. */
@Injectable()
export class PmFileLinks {
  private readonly base: string;
  private readonly lifetimeSeconds: number;

  constructor(
    @Inject(Config) config: Config,
    @Inject(FileCapability) private readonly capability: FileCapability,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.base = `${config.publicUrl}/api/v2/pm/file/`;
    this.lifetimeSeconds = config.section(PmVariables).PM_FILE_URL_TTL;
  }

  /** @returns an absolute address; names of files stand in none, since addresses are logged on their way */
  url(uuid: string, role: FileRole): string {
    const path = role === 'file' ? `${uuid}/` : `${uuid}/thumbnail/`;
    return `${this.base}${path}?${this.capability.sign(targetOf(uuid, role), this.lifetime())}`;
  }

  private lifetime(): number {
    const step = Math.max(1, Math.floor(this.lifetimeSeconds / STEPS_PER_LIFETIME));
    const now = this.clock.now() / 1000;
    return Math.ceil((now + this.lifetimeSeconds) / step) * step - now;
  }
}

/** What the address of a file opens. */
export function targetOf(uuid: string, role: FileRole): FileTarget {
  return { kind: `pm/${role}`, id: uuid };
}
