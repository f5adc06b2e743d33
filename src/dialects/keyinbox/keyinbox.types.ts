import { validateSync } from 'class-validator';
import { invalid } from './keyinbox.faults.js';

/**
 * Checks the types of one stage's parameters, once it is known that they are there. No pipe does
 * this, because the routes fix an order of checks in which types are one stage among others.
 *
 * @param shape an instance of a class-validator class; faults are reported in its declared order
 * @returns the same instance
 * @throws KeyInboxFault invalid_parameter naming the first property at fault
 */
export function checkTypes<T extends object>(shape: T): T {
  const [fault] = validateSync(shape, { stopAtFirstError: true, validationError: { target: false, value: false } });
  if (fault !== undefined) throw invalid(fault.property);
  return shape;
}
