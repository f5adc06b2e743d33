import { type CellPrivilege } from '../../../core/cell/access/privileges.js';
import { type ControlKind, type ControlObject } from '../../../core/cell/control/control-object.js';
import { type CONTROL_SETS } from '../cell.routes.js';
import { entitySet, type EntitySet } from '../odata/properties.js';
import { type ODataEntity } from '../odata/render.js';
import { boundNameUri, entityUri, extCellUri } from '../odata/uris.js';

export type ControlSetName = (typeof CONTROL_SETS)[number];

/** One kind of objects as clients know it. */
export interface ControlSet {
  readonly name: ControlSetName;
  readonly kind: ControlKind;
  readonly read: CellPrivilege;
  readonly write: CellPrivilege;
  /** parts of a key, the first of which must be given */
  readonly keyNames: readonly string[];
  /** properties a client may write */
  readonly writable: readonly string[];
  readonly queried: EntitySet;
  /** navigation properties, each to the set it is named after */
  readonly navigations: readonly ControlSetName[];
  /** own members, in their order */
  members(object: ControlObject): ODataEntity;
  /** @param cellUrl with the slash at its end */
  uri(cellUrl: string, object: ControlObject): string;
}

const text = (field: string) => ({ field, type: 'text' }) as const;
/** told, but never different: it can be selected and not be asked for */
const constant = (field: string) => ({ field, type: 'structure' }) as const;
const times = { __published: { field: 'publishedAt', type: 'time' }, __updated: { field: 'updatedAt', type: 'time' } } as const;

const account: ControlSet = {
  name: 'Account',
  kind: 'account',
  read: 'auth-read',
  write: 'auth',
  keyNames: ['Name'],
  writable: ['Name', 'Type', 'Status', 'IPAddressRange', 'Cell'],
  queried: entitySet({ Name: text('name'), Type: constant('type'), Status: text('status'), IPAddressRange: constant('range'), Cell: constant('cell'), ...times }),
  navigations: ['Role'],
  members: ({ name, status }) => ({ Name: name, Type: 'basic', Status: status, IPAddressRange: null, Cell: null }),
  uri: (cellUrl, { name }) => entityUri(cellUrl, 'Account', name ?? ''),
};

function boundName(name: 'Role' | 'Relation', kind: 'role' | 'relation', privilege: 'auth' | 'social', navigations: readonly ControlSetName[]): ControlSet {
  return {
    name,
    kind,
    read: `${privilege}-read`,
    write: privilege,
    keyNames: ['Name', '_Box.Name'],
    writable: ['Name', '_Box.Name'],
    queried: entitySet({ Name: text('name'), '_Box.Name': text('box'), ...times }),
    navigations,
    members: (object) => ({ Name: object.name, '_Box.Name': object.boxName }),
    uri: (cellUrl, object) => boundNameUri(cellUrl, name, object.name ?? '', object.boxName),
  };
}

const extCell: ControlSet = {
  name: 'ExtCell',
  kind: 'extCell',
  read: 'social-read',
  write: 'social',
  keyNames: ['Url'],
  writable: ['Url'],
  queried: entitySet({ Url: text('url'), ...times }),
  navigations: ['Role', 'Relation'],
  members: ({ url }) => ({ Url: url }),
  uri: (cellUrl, { url }) => extCellUri(cellUrl, url ?? ''),
};

const box: ControlSet = {
  name: 'Box',
  kind: 'box',
  read: 'box-read',
  write: 'box',
  keyNames: ['Name'],
  writable: ['Name', 'Schema'],
  queried: entitySet({ Name: text('name'), Schema: text('schema'), ...times }),
  navigations: ['Role', 'Relation'],
  members: ({ name, schema }) => ({ Name: name, Schema: schema }),
  uri: (cellUrl, { name }) => entityUri(cellUrl, 'Box', name ?? ''),
};

/** Every set of objects beside messages. */
export const controlSets: Readonly<Record<ControlSetName, ControlSet>> = {
  Account: account,
  Role: boundName('Role', 'role', 'auth', ['Box', 'Account', 'ExtCell', 'Relation']),
  Relation: boundName('Relation', 'relation', 'social', ['Box', 'ExtCell', 'Role']),
  ExtCell: extCell,
  Box: box,
};

/** @returns null where there is no such set */
export function controlSetOf(name: string): ControlSet | null {
  return Object.hasOwn(controlSets, name) ? controlSets[name as ControlSetName] : null;
}
