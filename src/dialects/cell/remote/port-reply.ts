import { type RemoteOutcome } from '../../../core/cell/remote/fan-out.js';
import { type PeerReply } from '../../../core/cell/remote/peer-calls.js';

/** Refusals that a repetition would meet again. Every other one may be over by then. */
const FINAL: ReadonlySet<number> = new Set([400, 403, 404, 405, 413, 422]);
const CREATED = 201;
/** the message is there already: an earlier attempt arrived, and its answer did not */
const CONFLICT = 409;
const REASON_CHARACTERS_MAX = 1024;
/** control characters have no place in an answer's text, and U+0000 none in the database */
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** @returns what the answer of another server's port means for a delivery (CELL-43, 44) */
export function outcomeOf(reply: PeerReply): RemoteOutcome {
  if (reply.kind === 'nothing') return { kind: 'later', silent: true };
  const { status, body } = reply;
  if (status === CREATED || status === CONFLICT) return { kind: 'delivered' };
  return FINAL.has(status) ? { kind: 'answered', code: status, reason: reasonIn(body) } : { kind: 'later', silent: false };
}

/** @returns the sentence of an error body; empty where there is none */
function reasonIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: { value?: unknown } };
    return typeof message?.value === 'string' ? message.value.slice(0, REASON_CHARACTERS_MAX).toWellFormed().replace(CONTROL, ' ') : '';
  } catch {
    return '';
  }
}
