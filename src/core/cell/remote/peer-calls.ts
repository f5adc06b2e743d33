import { Inject, Injectable } from '@nestjs/common';
import { type RemoteUnit } from '../../../config/setting-types.js';
import { Egress, type EgressReply, type EgressRequest } from '../../../egress/egress.js';
import { EgressFault } from '../../../egress/egress-fault.js';

/** What another server said, or that it said nothing. */
export type PeerReply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: string }
  | { readonly kind: 'nothing' };

const CALL_MS = 5_000;
const REPLY_BYTES_MAX = 64 * 1024;

/** Calls the servers that the operator has named, and no others. */
@Injectable()
export class PeerCalls {
  constructor(@Inject(Egress) private readonly egress: Egress) {}

  /**
   * @param path on that server, without a slash before it
   * @param ms bound for the whole call, at most 5,000
   */
  async post(unit: RemoteUnit, path: string, token: string, body: string, ms = CALL_MS): Promise<PeerReply> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' };
    return this.call(unit, path, { method: 'POST', headers, body }, Math.min(ms, CALL_MS));
  }

  /** @param path on that server, without a slash before it */
  async get(unit: RemoteUnit, path: string): Promise<PeerReply> {
    return this.call(unit, path, { method: 'GET', headers: { accept: 'application/json' } }, CALL_MS);
  }

  private async call(unit: RemoteUnit, path: string, what: Pick<EgressRequest, 'method' | 'headers' | 'body'>, ms: number): Promise<PeerReply> {
    const { url, host, port, range } = unit;
    const exemptions = range === null ? [] : [{ host, range }];
    try {
      const reply = await this.egress.request({ ...what, url: `${url}${path}`, ports: [port], exemptions, timeoutMs: ms, replyBytesMax: REPLY_BYTES_MAX });
      return replied(reply);
    } catch (error) {
      if (error instanceof EgressFault) return { kind: 'nothing' };
      throw error;
    }
  }
}

function replied({ status, body }: EgressReply): PeerReply {
  return { kind: 'reply', status, body: body.toString('utf8') };
}
