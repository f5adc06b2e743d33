import { type CellMessage } from '../../../core/cell/messages/cell-message.js';

/**
 * Writes a message as the port of another server takes it (CELL-42).
 * @param to the destination; the others stand in `MulticastTo`
 */
export function portBody(message: CellMessage, to: string): string {
  const others = message.results.map((result) => result.to).filter((url) => url !== to);
  return JSON.stringify({
    __id: message.wireId,
    Schema: message.schema,
    InReplyTo: message.inReplyTo,
    From: message.from,
    MulticastTo: others.length > 0 ? others.join(',') : null,
    Type: message.type,
    Title: message.title,
    Body: message.body,
    Priority: message.priority,
    Status: message.type === 'message' ? 'unread' : 'none',
    RequestRelation: message.relation,
    RequestRelationTarget: message.target,
    ...(message.objects && {
      RequestObjects: message.objects.map(({ type, name, classUrl, target }) => ({
        RequestType: type,
        ...(name !== null && { Name: name }),
        ...(classUrl !== null && { ClassUrl: classUrl }),
        TargetUrl: target,
      })),
    }),
  });
}
