import { type CellGrant } from '../../../core/cell/control/cell-grants.js';

/**
 * Writes the list in the form it is set by. Names have neither blanks nor signs that XML knows.
 * @param cellUrl with the slash at its end
 */
export function renderAcl(cellUrl: string, grants: readonly CellGrant[]): string {
  const entries = grants.map(({ to, privileges }) => {
    const principal = to === null ? '<D:all/>' : `<D:href>../${to.boxName ?? '__'}/${to.name}</D:href>`;
    const granted = privileges.map((privilege) => `<D:privilege><p:${privilege}/></D:privilege>`).join('');
    return `<D:ace><D:principal>${principal}</D:principal><D:grant>${granted}</D:grant></D:ace>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns" xml:base="${escaped(cellUrl)}__role/__/">${entries.join('')}</D:acl>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
