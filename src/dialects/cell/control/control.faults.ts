import { ControlRefusal, type ControlRefusalReason } from '../../../core/cell/control/control-object.js';
import { type CellCode, CellFault } from '../cell.faults.js';

/** Words for what the core refuses about objects of a cell. */
const CODES = {
  unknown: 'PR404-OD-0002',
  taken: 'PR409-OD-0003',
  box_unknown: 'PR400-OD-0024',
  in_use: 'PR409-OD-0001',
  tied: 'PR409-OD-0002',
  not_tied: 'PR404-OD-0000',
  other_unknown: 'PR400-OD-0006',
  role_unknown: 'PR400-DV-0004',
} as const satisfies Record<ControlRefusalReason, CellCode>;

/**
 * Runs work and words what the core refuses.
 * @param others other words for some reasons
 */
export async function controlFaults<T>(work: () => Promise<T>, others: Partial<Record<ControlRefusalReason, () => CellFault>> = {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ControlRefusal) throw others[error.reason]?.() ?? new CellFault(CODES[error.reason], error.subject);
    throw error;
  }
}
