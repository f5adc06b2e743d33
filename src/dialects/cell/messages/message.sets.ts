import { type CopySide } from '../../../core/cell/messages/cell-message.js';
import { type EntitySet, entitySet, type ODataProperty } from '../odata/properties.js';

const text = (field: string): ODataProperty => ({ field, type: 'text' });
const time = (field: string): ODataProperty => ({ field, type: 'time' });
const STRUCTURE: ODataProperty = { field: '', type: 'structure' };
const BOX = ['_Box'];

const content = {
  Type: text('type'),
  Title: text('title'),
  Body: text('body'),
  Priority: { field: 'priority', type: 'integer' },
  RequestRelation: text('relation'),
  RequestRelationTarget: text('target'),
  RequestObjects: STRUCTURE,
  __published: time('publishedAt'),
  __updated: time('updatedAt'),
} as const;

/** What queries may say of messages, by side. */
export const MESSAGE_SETS: Readonly<Record<CopySide, EntitySet>> = {
  received: entitySet(
    {
      __id: text('id'),
      '_Box.Name': text('box'),
      InReplyTo: text('inReplyTo'),
      From: text('from'),
      MulticastTo: text('others'),
      Status: text('status'),
      _AccountRead: STRUCTURE,
      ...content,
    },
    BOX,
  ),
  sent: entitySet(
    {
      __id: text('id'),
      InReplyTo: text('inReplyTo'),
      To: text('to'),
      ToRelation: text('toRelation'),
      '_Box.Name': text('box'),
      Result: STRUCTURE,
      ...content,
    },
    BOX,
  ),
};

/** Names of the sets on the wire. */
export const SET_NAMES = { received: 'ReceivedMessage', sent: 'SentMessage' } as const satisfies Record<CopySide, string>;
