import { type ControlKey, type ControlObject, type ControlValues } from '../../../core/cell/control/control-object.js';
import { CellFault, fieldFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';
import { type EntityKey, keyParts } from '../odata/entity-path.js';
import { ACCOUNT_NAME, BOX_NAME, PASSWORD, RELATION_NAME, ROLE_NAME } from './names.js';
import { type ControlSet } from './sets.js';

/** Properties the server alone writes. */
const MANAGED: ReadonlySet<string> = new Set(['__published', '__updated', '__metadata', '__id']);
const NAMES = { account: ACCOUNT_NAME, role: ROLE_NAME, relation: RELATION_NAME, box: BOX_NAME } as const;

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads what a new object says, or what is to be in the place of an old one.
 *
 * @throws CellFault PR400-OD-0006, 0007, 0009, 0049, 0050
 */
export function parseWhole(set: ControlSet, body: Body, urls: CellUrls): ControlValues {
  return parseMerged(set, body, null, urls);
}

/**
 * The same where what the body leaves out stays as it was.
 * @param now null: there was nothing
 */
export function parseMerged(set: ControlSet, body: Body, now: ControlObject | null, urls: CellUrls): ControlValues {
  refuseForeign(set, body);
  const { kind } = set;
  const isBound = kind === 'role' || kind === 'relation';
  return {
    name: kind === 'extCell' ? null : nameOf(body, NAMES[kind], now?.name ?? null),
    boxName: isBound ? boxNameOf(body, now?.boxName ?? null) : null,
    url: kind === 'extCell' ? urlOf(body, now?.url ?? null, urls) : null,
    schema: kind === 'box' ? schemaOf(body, now?.schema ?? null, urls) : null,
    status: kind === 'account' ? statusOfAccount(body, now?.status ?? null) : null,
  };
}

/**
 * @param header X-Personium-Credential
 * @returns the password, null where none is given
 * @throws CellFault PR400-OD-0006
 */
export function parsePassword(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header !== 'string' || !PASSWORD.test(header)) throw fieldFault('X-Personium-Credential');
  return header;
}

/**
 * Reads the key of an address.
 * @throws ODataFault PR400-OD-0004 when it has other parts than the set
 */
export function controlKeyOf(set: ControlSet, key: EntityKey, urls: CellUrls): ControlKey {
  const [value, boxName = null] = keyParts(key, set.keyNames);
  const text = value ?? '';
  return { kind: set.kind, value: set.kind === 'extCell' ? addressIn(text, urls) : text, boxName };
}

/** A bare address was decoded with the path it stood in, blanks among it. @returns what names nothing, where it is no address */
function addressIn(text: string, urls: CellUrls): string {
  return urls.normalise(text.replace(/[\0-\x20\x7f]/g, encodeURIComponent)) ?? '';
}

function refuseForeign(set: ControlSet, body: Body): void {
  for (const name of Object.keys(body)) {
    if (MANAGED.has(name)) throw new CellFault('PR400-OD-0007', `${name} is management information name. Cannot request.`);
    if (!set.writable.includes(name)) throw new CellFault('PR400-OD-0007', `unknown property ${name} for ${set.name}`);
  }
}

function nameOf(body: Body, form: RegExp, now: string | null): string {
  const value = body.Name ?? now;
  if (value === null || value === undefined) throw new CellFault('PR400-OD-0009', 'Name');
  if (typeof value !== 'string' || !form.test(value)) throw fieldFault('Name');
  return value;
}

function boxNameOf(body: Body, now: string | null): string | null {
  const value = body['_Box.Name'];
  if (value === undefined) return now;
  if (value === null) return null;
  if (typeof value !== 'string') throw fieldFault('_Box.Name');
  // a name that no Box can have names none
  if (!BOX_NAME.test(value)) throw new CellFault('PR400-OD-0024', value);
  return value;
}

function urlOf(body: Body, now: string | null, urls: CellUrls): string {
  const value = body.Url ?? now;
  if (value === null || value === undefined) throw new CellFault('PR400-OD-0009', 'Url');
  const url = typeof value === 'string' && value.endsWith('/') ? urls.normalise(value) : null;
  if (url === null) throw new CellFault('PR400-OD-0049', 'Url');
  return url;
}

function schemaOf(body: Body, now: string | null, urls: CellUrls): string | null {
  const value = body.Schema;
  if (value === undefined) return now;
  if (value === null) return null;
  const schema = typeof value === 'string' ? urls.normalise(value) : null;
  if (schema === null) throw new CellFault('PR400-OD-0050', 'Schema');
  return schema;
}

/** What is told beside the status never differs, so it may be sent back as it came. */
function statusOfAccount(body: Body, now: 'active' | 'deactivated' | null): 'active' | 'deactivated' {
  if (body.Type !== undefined && body.Type !== null && body.Type !== 'basic') throw fieldFault('Type');
  for (const name of ['IPAddressRange', 'Cell']) if (body[name] !== undefined && body[name] !== null) throw fieldFault(name);
  const value = body.Status ?? now ?? 'active';
  if (value !== 'active' && value !== 'deactivated') throw fieldFault('Status');
  return value;
}
