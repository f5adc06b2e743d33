import { type CellMessage, type RequestObject } from '../../../core/cell/messages/cell-message.js';
import { type ODataEntity, renderEntity } from '../odata/render.js';
import { entityUri } from '../odata/uris.js';
import { SET_NAMES } from './message.sets.js';
import { resultEntry } from './message.words.js';

/** @returns the address of a message in one of the lists of a cell */
export function messageUri(cellUrl: string, { side, wireId }: Pick<CellMessage, 'side' | 'wireId'>): string {
  return entityUri(cellUrl, SET_NAMES[side], wireId);
}

/** The answer to a send (CELL-32): without navigation properties. */
export function renderSentAnswer(message: CellMessage, cellUrl: string): ODataEntity {
  return renderEntity(headOf(message, cellUrl), sentMembers(message));
}

/** A message as lists and single reads show it (CELL-60). */
export function renderMessage(message: CellMessage, cellUrl: string): ODataEntity {
  const head = headOf(message, cellUrl);
  if (message.side === 'sent') return renderEntity(head, sentMembers(message), ['_Box']);
  return renderEntity(head, receivedMembers(message), ['_Box', '_AccountRead']);
}

function headOf(message: CellMessage, cellUrl: string) {
  const { revision, publishedAt, updatedAt } = message;
  return { uri: messageUri(cellUrl, message), type: `CellCtl.${SET_NAMES[message.side]}`, revision, publishedAt, updatedAt };
}

function sentMembers(message: CellMessage): ODataEntity {
  return {
    __id: message.wireId,
    InReplyTo: message.inReplyTo,
    To: message.to,
    ToRelation: message.toRelation,
    Type: message.type,
    Title: message.title,
    Body: message.body,
    Priority: message.priority,
    ...requestMembers(message),
    '_Box.Name': message.boxName,
    Result: message.results.map((result) => resultEntry(result, message.schema)),
  };
}

function receivedMembers(message: CellMessage): ODataEntity {
  return {
    __id: message.wireId,
    '_Box.Name': message.boxName,
    InReplyTo: message.inReplyTo,
    From: message.from,
    MulticastTo: message.others,
    Type: message.type,
    Title: message.title,
    Body: message.body,
    Priority: message.priority,
    Status: message.status,
    ...requestMembers(message),
  };
}

/** `RequestObjects` is there only for messages that ask in it. */
function requestMembers({ relation, target, objects }: CellMessage): ODataEntity {
  return {
    RequestRelation: relation,
    RequestRelationTarget: target,
    ...(objects === null ? {} : { RequestObjects: objects.map(objectMember) }),
  };
}

function objectMember({ type, name, classUrl, target }: RequestObject): ODataEntity {
  return { RequestType: type, Name: name, ClassUrl: classUrl, TargetUrl: target };
}
