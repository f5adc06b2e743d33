import { type Id } from '../../../kernel/id-source.js';
import { type NewMessage } from '../../../storage/append/new-message.js';
import { type NewCopy } from '../../../storage/own/cell/append-copies.js';
import { CELL_SPACE, type CellDetails, type CellMessage, countLabel, detailsOf, resultsOf } from './cell-message.js';
import { type Destination } from './destinations.js';
import { type SendCellMessageCommand } from './send-cell-message.js';
import { asSubject, bytesOf } from './stored-text.js';

/** Code of a delivery that is complete as soon as its row is there. */
const DELIVERED_HERE = 201;
/** The request itself tries first; who finds a delivery due takes it there when that did not happen. */
const FIRST_TRY_MS = 15_000;

/** A message about to be stored, with everything that was looked up for it. */
export interface Outgoing {
  readonly command: SendCellMessageCommand;
  /** of the sender */
  readonly box: { readonly id: Id; readonly name: string } | null;
  readonly destinations: readonly Destination[];
  readonly id: Id;
  readonly wireId: string;
  readonly at: Date;
}

/** A destination on this server that gets its copy with the message. */
type Here = Extract<Destination, { readonly kind: 'here' }> & { readonly place: number };

/** @returns the row of a message with its deliveries, copies, totals and events */
export function outgoingMessage(outgoing: Outgoing, nextId: () => Id): NewMessage {
  const { command, destinations, id, wireId, at } = outgoing;
  const { sender, content, status } = command;
  const here = destinations.flatMap((to, place): Here[] => (to.kind === 'here' ? [{ ...to, place }] : []));
  const remote = destinations.flatMap((to) => (to.kind === 'remote' ? [to.boxId] : []));
  return {
    id,
    homeBox: sender.boxId,
    space: CELL_SPACE,
    wireId,
    senderId: sender.boxId,
    contentKind: 'text',
    subject: asSubject(content.title),
    body: bytesOf(content.body),
    preview: null,
    algorithm: null,
    senderKey: null,
    inReplyTo: content.inReplyTo === null ? null : asSubject(content.inReplyTo),
    details: details(outgoing),
    createdAt: at,
    deliveries: [
      ...here.map(({ boxId }) => ({ ...LOCAL, recipientId: boxId, wireId })),
      ...remote.map((recipientId) => ({ ...LOCAL, recipientId, wireId: null, outcomeCode: null, dueAt: new Date(at.getTime() + FIRST_TRY_MS) })),
    ],
    relations: [],
    spends: [],
    once: null,
    peerId: null,
    attachments: [],
    copies: {
      wireId,
      type: content.type,
      title: bytesOf(content.title),
      fromUrl: sender.url,
      inReplyTo: content.inReplyTo === null ? null : bytesOf(content.inReplyTo),
      priority: content.priority,
      rows: [
        { boxId: sender.boxId, side: 'sent', status: '', boundTo: outgoing.box?.id ?? null, place: null },
        ...here.map(({ boxId, boundTo, place }): NewCopy => ({ boxId, side: 'received', status, boundTo, place })),
      ],
    },
    counts: [
      { boxId: sender.boxId, label: countLabel('sent', content.type, ''), delta: 1 },
      ...here.map(({ boxId }) => ({ boxId, label: countLabel('received', content.type, status), delta: 1 })),
    ],
    events: [
      { boxId: sender.boxId, id: nextId(), kind: 'message.sent' },
      ...here.map(({ boxId }) => ({ boxId, id: nextId(), kind: 'message.received' })),
    ],
  };
}

const LOCAL = { clientId: null, wrappedKey: null, outcomeCode: DELIVERED_HERE, dueAt: null };

function details({ command, destinations }: Outgoing): CellDetails {
  const { content, toText, toRelation, boundToApp } = command;
  const undelivered = destinations.flatMap((to, place) => (to.kind === 'undelivered' ? [[place, to.why] as const] : []));
  return {
    ...detailsOf(content),
    ...(toText === null ? {} : { to: toText }),
    ...(toRelation === null ? {} : { toRelation }),
    ...(boundToApp?.schema ? { schema: boundToApp.schema } : {}),
    destinations: destinations.map(({ url }) => url),
    ...(undelivered.length === 0 ? {} : { undelivered: Object.fromEntries(undelivered) }),
    ...(destinations.some(({ kind }) => kind === 'remote') ? { remote: { type: content.type, priority: content.priority, from: command.sender.url } } : {}),
  };
}

/** @returns what its sender sees as soon as it is stored; what is on other servers has not been tried then */
export function sentMessage(outgoing: Outgoing): CellMessage {
  const { command, box, wireId, at, destinations } = outgoing;
  const untried = destinations.flatMap(({ kind, url }) => (kind === 'remote' ? [[url, { to: url, outcome: 'unreachable' }] as const] : []));
  return {
    ...command.content,
    wireId,
    side: 'sent',
    from: command.sender.url,
    status: '',
    boundTo: box?.id ?? null,
    boxName: box?.name ?? null,
    publishedAt: at,
    updatedAt: at,
    revision: 1,
    to: command.toText,
    toRelation: command.toRelation,
    schema: command.boundToApp?.schema ?? null,
    results: resultsOf(details(outgoing), new Map(untried)),
    others: null,
  };
}
