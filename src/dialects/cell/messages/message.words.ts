import { type DeliveryResult } from '../../../core/cell/messages/cell-message.js';
import { type MessageRefusal, type RefusalReason } from '../../../core/cell/messages/message-refusal.js';
import { type CellCode, sentence } from '../cell.faults.js';

const REFUSALS = {
  box_of_sender: 'PR400-SM-0004',
  relation_of_sender: 'PR400-SM-0001',
  relation_empty: 'PR400-SM-0002',
  too_many_destinations: 'PR400-SM-0003',
  box_here: 'PR400-RM-0002',
  known: 'PR409-OD-0003',
  command: 'PR400-OD-0006',
  box_of_class: 'PR400-RM-0003',
  tied: 'PR400-RM-0001',
  relation_unknown: 'PR409-RM-0002',
  target_unknown: 'PR409-RM-0004',
  not_tied: 'PR409-RM-0005',
} as const satisfies Record<RefusalReason, CellCode>;

/** @returns code and sentence of what the core refused about a message */
export function refusalWords({ reason, subject }: MessageRefusal): [code: CellCode, text: string] {
  const code = REFUSALS[reason];
  return [code, sentence(code, reason === 'command' ? 'Command' : subject)];
}

/** What became of one destination, as the sender reads it (CELL-33). */
export interface ResultEntry {
  readonly To: string;
  readonly Code: string;
  readonly Reason: string;
}

/** @param schema of the app whose Box the message was meant for */
export function resultEntry(result: DeliveryResult, schema: string | null): ResultEntry {
  const { to: To } = result;
  switch (result.outcome) {
    case 'delivered':
      return { To, Code: '201', Reason: 'Created.' };
    case 'cell_unknown':
      return { To, Code: '404', Reason: sentence('PR404-DV-0003') };
    case 'box_unknown':
      return { To, Code: '400', Reason: sentence('PR400-RM-0002', schema ?? '') };
    case 'unreachable':
      return { To, Code: '500', Reason: sentence('PR500-SM-0001') };
    case 'answered':
      return { To, Code: String(result.code), Reason: result.reason };
  }
}
