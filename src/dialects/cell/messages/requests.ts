import { type CellMessageContent, type RequestObject } from '../../../core/cell/messages/cell-message.js';
import { type RequestedChange } from '../../../core/cell/messages/requested-change.js';
import { assert } from '../../../kernel/assert.js';
import { fieldFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';
import { type Members, textOf } from './fields.js';

export const MESSAGE = 'message';
/** the type of later clients, which asks in `RequestObjects` */
const REQUEST = 'request';

type Kind = RequestedChange['kind'];
type Act = RequestedChange['act'];

/** What each type of the documentation asks for. */
const TYPES: Readonly<Record<string, readonly [Kind, Act]>> = {
  'req.relation.build': ['relation', 'tie'],
  'req.relation.break': ['relation', 'untie'],
  'req.role.grant': ['role', 'tie'],
  'req.role.revoke': ['role', 'untie'],
};
/** What each part of a later request asks for. */
const OBJECT_TYPES: Readonly<Record<string, readonly [Kind, Act]>> = {
  'relation.add': ['relation', 'add'],
  'relation.remove': ['relation', 'untie'],
  'role.add': ['role', 'add'],
  'role.remove': ['role', 'untie'],
};
const NAMES: Readonly<Record<Kind, RegExp>> = {
  relation: /^[A-Za-z0-9+-][A-Za-z0-9_+:-]{0,127}$/,
  role: /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
};
/** `{app}__relation/__/{name}`: the app is the address of its cell, with a name in its path. */
const CLASS_URL = /^([^?#]+\/[^/?#]+\/)__(relation|role)\/__\/([^/?#]+)\/?$/;
const OBJECTS_MAX = 100;

/** @throws CellFault PR400-OD-0006 [Type] */
export function typeOf(members: Members): string {
  return textOf(members, 'Type', isType) ?? MESSAGE;
}

/** Whether a text is the address of a cell. */
export function isAddress(text: string, urls: CellUrls): boolean {
  return urls.normalise(text) !== null;
}

/** Whether a text is the name of a relation. */
export function isRelationName(text: string): boolean {
  return NAMES.relation.test(text);
}

/** Whether a message of this type waits to be approved. */
export function isRequest(type: string): boolean {
  return type !== MESSAGE;
}

/**
 * Reads what a message asks for (CELL-28, 29, 31), and refuses what does not go with its type.
 * @throws CellFault PR400-OD-0006 with the member at fault
 */
export function requestOf(members: Members, type: string, urls: CellUrls): Pick<CellMessageContent, 'relation' | 'target' | 'objects'> {
  const objects = members['RequestObjects'] ?? null;
  const kind = TYPES[type]?.[0] ?? null;
  const relation = textOf(members, 'RequestRelation', (text) => classOf(text, kind, urls) !== null);
  const target = textOf(members, 'RequestRelationTarget', (text) => isAddress(text, urls));
  if (type === REQUEST) {
    if (relation !== null) throw fieldFault('RequestRelation');
    if (target !== null) throw fieldFault('RequestRelationTarget');
    return { relation, target, objects: objectsOf(objects, urls) };
  }
  if (objects !== null) throw fieldFault('RequestObjects');
  if (kind !== null && (relation === null || target === null)) throw fieldFault('RequestRelation,RequestRelationTarget');
  return { relation, target, objects: null };
}

/** @returns what approving a stored message has to change */
export function changesOf(message: CellMessageContent, urls: CellUrls): RequestedChange[] {
  if (message.objects !== null) return message.objects.map((object) => changeOf(OBJECT_TYPES[object.type], object.name ?? object.classUrl, object.target, urls));
  return [changeOf(TYPES[message.type], message.relation, message.target, urls)];
}

function changeOf(what: readonly [Kind, Act] | undefined, text: string | null, target: string | null, urls: CellUrls): RequestedChange {
  const found = what && text !== null ? classOf(text, what[0], urls) : null;
  const cell = target === null ? null : urls.normalise(target);
  assert(what && found && cell !== null, 'a request was checked when it came in');
  return { kind: what[0], act: what[1], name: found.name, schema: found.app, classUrl: found.app === null ? null : text, target: cell };
}

/** @param kind null: either will do. @returns a name, or a name in an app; null when it is neither */
function classOf(text: string, kind: Kind | null, urls: CellUrls): { name: string; app: string | null } | null {
  const kinds: readonly Kind[] = kind === null ? ['relation', 'role'] : [kind];
  if (kinds.some((one) => NAMES[one].test(text))) return { name: text, app: null };
  const [, prefix, word, name] = CLASS_URL.exec(text) ?? [];
  const app = prefix === undefined || urls.absolute(text) === null ? null : urls.normalise(prefix);
  // an address without a path is no app
  if (app === null || name === undefined || URL.parse(app)?.pathname === '/') return null;
  return kinds.some((one) => one === word && NAMES[one].test(name)) ? { name, app } : null;
}

function objectsOf(value: unknown, urls: CellUrls): RequestObject[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > OBJECTS_MAX) throw fieldFault('RequestObjects');
  return value.map((one) => objectOf(one, urls));
}

const OBJECT_MEMBERS: ReadonlySet<string> = new Set(['RequestType', 'Name', 'ClassUrl', 'TargetUrl']);

function objectOf(value: unknown, urls: CellUrls): RequestObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fieldFault('RequestObjects');
  const members = value as Members;
  if (Object.keys(members).some((name) => !OBJECT_MEMBERS.has(name))) throw fieldFault('RequestObjects');
  const type = textOf(members, 'RequestType', (text) => Object.hasOwn(OBJECT_TYPES, text), told('RequestType'));
  const kind = OBJECT_TYPES[type ?? '']?.[0];
  if (type === null || !kind) throw fieldFault(told('RequestType'));
  const name = textOf(members, 'Name', (text) => NAMES[kind].test(text), told('Name'));
  const classUrl = textOf(members, 'ClassUrl', (text) => (classOf(text, kind, urls)?.app ?? null) !== null, told('ClassUrl'));
  if ((name === null) === (classUrl === null)) throw fieldFault(`${told('Name')},${told('ClassUrl')}`);
  const target = textOf(members, 'TargetUrl', (text) => isAddress(text, urls), told('TargetUrl'));
  if (target === null) throw fieldFault(told('TargetUrl'));
  return { type, name, classUrl, target };
}

function told(member: string): string {
  return `RequestObjects.${member}`;
}

function isType(text: string): boolean {
  return text === MESSAGE || text === REQUEST || Object.hasOwn(TYPES, text);
}

/** @returns the status a message of this type has before anybody answered it */
export function statusAtStart(type: string): 'unread' | 'none' {
  return isRequest(type) ? 'none' : 'unread';
}
