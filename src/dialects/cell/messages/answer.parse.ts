import { type CellAnswer } from '../../../core/cell/messages/answer-cell-message.js';
import { fieldFault } from '../cell.faults.js';
import { type Members } from './fields.js';

const ANSWERS: readonly unknown[] = ['read', 'unread', 'approved', 'rejected'] satisfies CellAnswer[];

/** @throws CellFault PR400-OD-0006 [Command] unless it is one of the four words, letter by letter */
export function parseAnswer(members: Members): CellAnswer {
  const command = members['Command'];
  if (!ANSWERS.includes(command)) throw fieldFault('Command');
  return command as CellAnswer;
}
