import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { type User } from '../../../../core/accounts/user.js';
import { FileCapability, type FileTarget } from '../../../../core/attachments/file-capability.js';
import { type MessageAttachment } from '../../../../core/conversations/direct-message.js';
import { type Clock } from '../../../../kernel/clock.js';
import { type Id } from '../../../../kernel/id-source.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { type MessageContext } from '../messages/message.render.js';
import { OssnVariables } from '../ossn.config.js';
import { baseUrl } from '../ossn.envelope.js';
import { slugOf } from './file-names.js';

/** Within this part of its lifetime an address stays the same, so that browsers keep what they fetched. */
const STEPS_PER_LIFETIME = 24;

/** The addresses messages are shown with. */
@Injectable()
export class OssnLinks {
  /** the address of the site, with a slash at its end */
  readonly base: string;
  private readonly signs: boolean;
  private readonly lifetimeSeconds: number;

  constructor(
    @Inject(Config) config: Config,
    @Inject(FileCapability) private readonly capability: FileCapability,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const variables = config.section(OssnVariables);
    this.base = baseUrl(config);
    this.signs = variables.OSSN_ATTACHMENT_URL === 'signed';
    this.lifetimeSeconds = variables.OSSN_ATTACHMENT_TTL;
  }

  /** @param people everybody who wrote or received one of the messages */
  context(people: ReadonlyMap<Id, User>): MessageContext {
    return { base: this.base, people, fileUrl: (attachment) => this.fileUrl(attachment) };
  }

  /** @returns the address of a file; a signed one opens by itself for the lifetime, or a little longer */
  private fileUrl({ wireId, name }: MessageAttachment): string {
    const path = `${this.base}messages/attachment/${wireId}/${slugOf(name)}`;
    return this.signs ? `${path}?${this.capability.sign(fileTarget(wireId), this.lifetime())}` : path;
  }

  private lifetime(): number {
    const step = Math.max(1, Math.floor(this.lifetimeSeconds / STEPS_PER_LIFETIME));
    const now = this.clock.now() / 1000;
    return Math.ceil((now + this.lifetimeSeconds) / step) * step - now;
  }
}

/** What the signed address of a file opens. */
export function fileTarget(wireId: string): FileTarget {
  return { kind: 'ossn/attachment', id: wireId };
}
