/** What a privilege contains beside itself. */
const CONTAINED = {
  root: ['message', 'message-read', 'social', 'social-read', 'auth', 'auth-read', 'box', 'box-read', 'acl', 'acl-read'],
  message: ['message-read'],
  'message-read': [],
  social: ['social-read'],
  'social-read': [],
  auth: ['auth-read'],
  'auth-read': [],
  box: ['box-read'],
  'box-read': [],
  acl: ['acl-read'],
  'acl-read': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What somebody may be allowed to do in a cell. */
export type CellPrivilege = keyof typeof CONTAINED;

/** Every privilege there is. */
export const CELL_PRIVILEGES = Object.keys(CONTAINED) as readonly CellPrivilege[];

export function isCellPrivilege(name: string): name is CellPrivilege {
  return Object.hasOwn(CONTAINED, name);
}

/** @returns the given privileges with all that they contain; names that are none are left out */
export function withContained(privileges: Iterable<string>): ReadonlySet<CellPrivilege> {
  const all = new Set<CellPrivilege>();
  for (const privilege of privileges) {
    if (!isCellPrivilege(privilege)) continue;
    all.add(privilege);
    for (const contained of CONTAINED[privilege]) all.add(contained);
  }
  return all;
}
