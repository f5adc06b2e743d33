/** @returns a text as OData writes it in keys */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * The forms of addresses that clients cut apart (CELL-73).
 *
 * @param cellUrl with the slash at its end
 * @param set `Account`, `Box`, `ReceivedMessage`, `SentMessage`
 * @returns `.../__ctl/Account('ann')`
 */
export function entityUri(cellUrl: string, set: string, key: string): string {
  return `${cellUrl}__ctl/${set}(${quoted(key)})`;
}

/**
 * @param set `Role` or `Relation`
 * @returns both parts of the key, always, in this order: `.../__ctl/Role(Name='reader',_Box.Name=null)`
 */
export function boundNameUri(cellUrl: string, set: string, name: string, boxName: string | null): string {
  return `${cellUrl}__ctl/${set}(Name=${quoted(name)},_Box.Name=${boxName === null ? 'null' : quoted(boxName)})`;
}

/** @returns the address of another cell percent-encoded, as single requests need it */
export function extCellUri(cellUrl: string, url: string): string {
  return `${cellUrl}__ctl/ExtCell('${encodeURIComponent(url).replaceAll("'", '%27%27')}')`;
}

/** @returns the address of another cell bare, as clients expect it in lists of links */
export function bareExtCellUri(cellUrl: string, url: string): string {
  return entityUri(cellUrl, 'ExtCell', url);
}
