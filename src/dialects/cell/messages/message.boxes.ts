import { Inject, Injectable } from '@nestjs/common';
import { type CellMessage } from '../../../core/cell/messages/cell-message.js';
import { ListCellMessages } from '../../../core/cell/messages/list-cell-messages.js';
import { type CellPlace } from '../cell.gate.js';
import { type ODataEntity, renderEntity } from '../odata/render.js';
import { entityUri } from '../odata/uris.js';

/** The Boxes that messages belong to, as entities. */
@Injectable()
export class MessageBoxes {
  constructor(@Inject(ListCellMessages) private readonly lists: ListCellMessages) {}

  /** @returns the Box of each message in their order, null where it belongs to none */
  async of(cell: CellPlace, messages: readonly CellMessage[]): Promise<(ODataEntity | null)[]> {
    const boxes = await this.lists.boxesOf(cell.id, messages);
    return messages.map(({ boundTo }) => {
      const box = boundTo === null ? undefined : boxes.get(boundTo);
      if (!box) return null;
      const { name, schema, revision, publishedAt, updatedAt } = box;
      return renderEntity({ uri: entityUri(cell.url, 'Box', name), type: 'CellCtl.Box', revision, publishedAt, updatedAt }, { Name: name, Schema: schema });
    });
  }
}
