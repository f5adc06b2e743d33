import { type Id } from '../../../../kernel/id-source.js';
import { denied, type FieldFault, fieldFaults, formFault } from '../pm.faults.js';
import { idOfValue } from '../pm.query.js';

const UUID_LENGTH_MAX = 64;

/** What a send asks for. */
export interface SendRequest {
  /** without repetition, in the order given */
  readonly recipients: readonly Id[];
  /** as typed; empty only with a file */
  readonly text: string;
  readonly fileUuid: string | null;
  /** the request has a form that came with lists as answers */
  readonly knowsLists: boolean;
}

export interface SendLimits {
  readonly recipientsMax: number;
  /** characters, not bytes */
  readonly charactersMax: number;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * @param body members of the request; those not named here count for nothing
 * @param sender nobody writes to himself
 * @throws PmFault: every field at fault at once; 403 for a message to a group
 */
export function parseSend(body: Body, sender: Id, limits: SendLimits): SendRequest {
  refuseGroup(body);
  const faults: FieldFault[] = [];
  const recipients = recipientsOf(body['recipients'], sender, limits.recipientsMax, faults);
  const fileUuid = fileOf(body['file_uuid'], faults);
  const hasFile = body['file_uuid'] !== undefined && body['file_uuid'] !== null;
  const text = textOf(body['message'], hasFile, limits.charactersMax, faults);
  if (faults.length > 0) throw fieldFaults(faults);
  return { recipients, text, fileUuid, knowsLists: Object.hasOwn(body, 'file_uuid') || Object.hasOwn(body, 'group') };
}

function refuseGroup(body: Body): void {
  const { group, recipients } = body;
  if (group === undefined || group === null) return;
  if (recipients !== undefined && recipients !== null) throw formFault('A message goes either to recipients or to a group.');
  throw denied('Messages to groups are switched off.');
}

function recipientsOf(value: unknown, sender: Id, max: number, faults: FieldFault[]): Id[] {
  const fault = (code: FieldFault['code'], message: string): Id[] => {
    faults.push({ field: 'recipients', code, message });
    return [];
  };
  if (value === undefined || value === null) return fault('required', 'This field is required.');
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) return fault('required', 'This list may not be empty.');
  const ids = new Set<Id>();
  for (const one of given) {
    const id = idOfValue(one);
    if (id === null) return fault('invalid', 'A valid user id is required.');
    ids.add(id);
  }
  if (ids.has(sender)) return fault('invalid', 'You cannot write to yourself.');
  if (ids.size > max) return fault('max_length', `There are more than ${max} recipients.`);
  return [...ids];
}

function fileOf(value: unknown, faults: FieldFault[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length <= UUID_LENGTH_MAX && !value.includes('\0')) return value;
  faults.push(unknownFile());
  return null;
}

function textOf(value: unknown, hasFile: boolean, max: number, faults: FieldFault[]): string {
  const fault = (code: FieldFault['code'], message: string): string => {
    faults.push({ field: 'message', code, message });
    return '';
  };
  if (value === undefined || value === null) return hasFile ? '' : fault('required', 'This field is required.');
  if (typeof value !== 'string') return fault('invalid', 'Not a valid string.');
  if (!hasFile && value.trim() === '') return fault('required', 'This field may not be blank.');
  if (value.includes('\0')) return fault('invalid', 'Null characters are not allowed.');
  // most texts need no counting
  if (value.length > max && [...value].length > max) return fault('max_length', `This text has more than ${max} characters.`);
  return value;
}

/** The same words for a file that is not there, not finished, or somebody else's. */
export function unknownFile(): FieldFault {
  return { field: 'file_uuid', code: 'does_not_exist', message: 'Unknown file.' };
}
