import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Activity } from '../../../../core/accounts/activity.js';
import { FileCapability } from '../../../../core/attachments/file-capability.js';
import { DirectAttachments, type FoundAttachment } from '../../../../core/conversations/direct-attachments.js';
import { type MessageAttachment } from '../../../../core/conversations/direct-message.js';
import { type Id } from '../../../../kernel/id-source.js';
import { OssnGate } from '../ossn.gate.js';
import { Parameters, queryOf } from '../ossn.parameters.js';
import { OssnSessions } from '../ossn.sessions.js';
import { fileTarget } from './links.js';

const WIRE_ID = /^[1-9][0-9]{0,15}$/;

/** Whom a request shows itself to be: everybody's keeper, or one user. */
type Visitor = { readonly kind: 'anyone' } | { readonly kind: 'user'; readonly userId: Id };

/** A file that may be fetched. */
export interface OpenedFile {
  readonly attachment: MessageAttachment;
  /** by the signature in its address, which anybody may have been given */
  readonly bySignature: boolean;
}

/** Decides who may fetch a file: whoever has its signed address, a participant, or the site. */
@Injectable()
export class FileAccess {
  constructor(
    @Inject(FileCapability) private readonly capability: FileCapability,
    @Inject(DirectAttachments) private readonly attachments: DirectAttachments,
    @Inject(OssnGate) private readonly gate: OssnGate,
    @Inject(OssnSessions) private readonly sessions: OssnSessions,
    @Inject(Activity) private readonly activity: Activity,
  ) {}

  /**
   * @param wireId as it stands in the address
   * @returns null for whatever is unknown, gone or not allowed; the store is asked only for
   *   somebody who might be allowed, so that the time taken tells strangers nothing
   */
  async open(wireId: string, request: Request): Promise<OpenedFile | null> {
    if (!WIRE_ID.test(wireId)) return null;
    const query = new Parameters().addForm(queryOf(request.url));
    const bySignature = this.capability.opens(fileTarget(wireId), { e: query.text('e'), s: query.text('s') });
    const visitor: Visitor | null = bySignature ? { kind: 'anyone' } : await this.visitorOf(query, request);
    if (visitor === null) return null;
    const found = await this.attachments.find(wireId);
    if (found === null || (visitor.kind === 'user' && !sees(found, visitor.userId))) return null;
    return { attachment: found.attachment, bySignature };
  }

  private async visitorOf(query: Parameters, request: Request): Promise<Visitor | null> {
    const caller = await this.gate.fileReader(query, request);
    if (caller?.userId === null) return { kind: 'anyone' };
    const userId = caller?.userId ?? (await this.sessions.userOf(request));
    if (userId === null) return null;
    this.activity.user(userId);
    return { kind: 'user', userId };
  }
}

function sees(file: FoundAttachment, userId: Id): boolean {
  return (file.from === userId && !file.removedBySender) || (file.to === userId && !file.removedByRecipient);
}
