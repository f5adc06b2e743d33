import { type Id } from '../../../kernel/id-source.js';
import { type CopyContentRow, type CopyRow, type CopySide } from '../../../storage/own/cell/copies.repository.js';

export { type CopySide };

/** Messages of one space are never listed in another. */
export const CELL_SPACE = 'cell';

/** What a message says, as both sides read it. */
export interface CellMessageContent {
  /** `message`, or a kind of request */
  readonly type: string;
  readonly title: string;
  readonly body: string;
  /** 1 is the highest, 5 the lowest */
  readonly priority: number;
  readonly inReplyTo: string | null;
  /** as the sender wrote them */
  readonly relation: string | null;
  readonly target: string | null;
  readonly objects: readonly RequestObject[] | null;
}

/** One part of a request that asks for several things, as its sender wrote it. */
export interface RequestObject {
  readonly type: string;
  readonly name: string | null;
  readonly classUrl: string | null;
  readonly target: string;
}

/** Why a destination did not get a message. `unreachable` may still change: it is on another server, and tried again. */
export type Undelivered = 'cell_unknown' | 'box_unknown' | 'unreachable';

/** How a delivery ended, or stands. */
export type DeliveryResult = { readonly to: string } & (
  | { readonly outcome: 'delivered' | Undelivered }
  /** in the words of the other server */
  | { readonly outcome: 'answered'; readonly code: number; readonly reason: string }
);

/** What is stored of a message beside its columns. Names are ours; clients never see this form. */
export interface CellDetails {
  readonly to?: string;
  readonly toRelation?: string;
  readonly relation?: string;
  readonly target?: string;
  readonly objects?: readonly RequestObject[];
  /** the one list of addresses, each once */
  readonly destinations?: readonly string[];
  /** by place in that list: those that did not get it */
  readonly undelivered?: Readonly<Record<string, Undelivered>>;
  /** address of the app whose Box it goes to, at every destination */
  readonly schema?: string;
  /** addresses of other destinations of a message that came from elsewhere */
  readonly others?: string;
  /** some destinations are on other servers: rows of their deliveries tell the outcome */
  readonly remote?: CarriedDetails;
}

/** What else has to be told to other servers, also when the sender has removed the message meanwhile. */
export interface CarriedDetails {
  readonly type: string;
  readonly priority: number;
  readonly from: string;
}

/** A message as one side sees it. */
export interface CellMessage extends CellMessageContent {
  readonly wireId: string;
  readonly side: CopySide;
  readonly from: string;
  /** empty for a sent one */
  readonly status: string;
  /** the Box it belongs to; one that is gone has no name */
  readonly boundTo: Id | null;
  readonly boxName: string | null;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly revision: number;
  /** sent: as the sender wrote it */
  readonly to: string | null;
  readonly toRelation: string | null;
  /** sent: what became of each destination */
  readonly results: readonly DeliveryResult[];
  /** sent: address of the app whose Box it was meant for */
  readonly schema: string | null;
  /** received: the other destinations, joined by commas */
  readonly others: string | null;
}

/** Outcomes of deliveries to other servers by address. */
export type RemoteResults = ReadonlyMap<string, DeliveryResult>;
export const NOT_REMOTE: RemoteResults = new Map<string, DeliveryResult>();

/** @param remote outcomes on other servers, for a sent message that has such */
export function cellMessage(copy: CopyRow, content: CopyContentRow, side: CopySide, remote: RemoteResults): CellMessage {
  const details = content.details as CellDetails;
  return {
    wireId: copy.wire_id,
    side,
    from: copy.from_url,
    status: copy.status,
    boundTo: copy.bound_to,
    boxName: copy.box_name,
    publishedAt: copy.published_at,
    updatedAt: copy.updated_at,
    revision: copy.revision,
    type: copy.type,
    title: copy.title.toString('utf8'),
    body: content.body.toString('utf8'),
    priority: copy.priority,
    inReplyTo: copy.in_reply_to?.toString('utf8') ?? null,
    relation: details.relation ?? null,
    target: details.target ?? null,
    objects: details.objects ?? null,
    to: details.to ?? null,
    toRelation: details.toRelation ?? null,
    schema: details.schema ?? null,
    results: side === 'sent' ? resultsOf(details, remote) : [],
    others: side === 'received' ? othersOf(details, copy.place) : null,
  };
}

/** @returns one result for each destination, in the order of the list */
export function resultsOf({ destinations = [], undelivered = {} }: CellDetails, remote: RemoteResults): DeliveryResult[] {
  return destinations.map((to, place) => remote.get(to) ?? { to, outcome: undelivered[place] ?? 'delivered' });
}

function othersOf({ destinations, others }: CellDetails, place: number | null): string | null {
  if (!destinations || place === null) return others ?? null;
  return destinations.length > 1 ? destinations.filter((_, at) => at !== place).join(',') : null;
}

/** @returns the name of the total that counts messages of this kind on this side */
export function countLabel(side: CopySide, type: string, status: string): string {
  return side === 'sent' ? `sent:${type}` : `received:${type}:${status}`;
}

/** Only what is there is stored. */
export function detailsOf(content: CellMessageContent): CellDetails {
  return {
    ...(content.relation === null ? {} : { relation: content.relation }),
    ...(content.target === null ? {} : { target: content.target }),
    ...(content.objects === null ? {} : { objects: content.objects }),
  };
}
