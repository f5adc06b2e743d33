import { type ControlObject } from '../../../core/cell/control/control-object.js';
import { type ODataEntity, renderEntity, selected } from '../odata/render.js';
import { bareExtCellUri } from '../odata/uris.js';
import { type ControlSet } from './sets.js';

/**
 * @param cellUrl with the slash at its end
 * @param select names of properties; null: all of them
 */
export function renderObject(set: ControlSet, cellUrl: string, object: ControlObject, select: ReadonlySet<string> | null = null): ODataEntity {
  const head = { ...object, uri: set.uri(cellUrl, object), type: `CellCtl.${set.name}` };
  const navigations = set.navigations.map((name) => `_${name}`);
  return selected(renderEntity(head, set.members(object), navigations), select);
}

/** @returns an item of a list of links; the address of another cell stands there bare (CELL-73) */
export function renderLink(set: ControlSet, cellUrl: string, object: ControlObject): ODataEntity {
  return { uri: set.kind === 'extCell' ? bareExtCellUri(cellUrl, object.url ?? '') : set.uri(cellUrl, object) };
}
