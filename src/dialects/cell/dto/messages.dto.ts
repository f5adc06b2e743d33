import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { CellMetadataDto } from './common.dto.js';

/** Bodies are read by the parsers in messages/; these classes describe them. */
const TYPES = ['message', 'req.relation.build', 'req.relation.break', 'req.role.grant', 'req.role.revoke', 'request'];
const OBJECT_TYPES = ['relation.add', 'relation.remove', 'role.add', 'role.remove'];
const ID = { example: 'b5d008e9092f489c8d3c574a768afc33' } as const;
const TIME = { example: '/Date(1486638759524)/' } as const;
const optional = { required: false, nullable: true, type: String } as const;
const nullable = { nullable: true, type: String, example: null } as const;

/** One part of a request of later clients. */
@ApiSchema({ name: 'CellRequestObject' })
export class RequestObjectDto {
  @ApiProperty({ enum: OBJECT_TYPES, example: 'role.add' })
  RequestType: string;

  @ApiProperty({ ...optional, example: 'reader', description: 'Either this or ClassUrl.' })
  Name?: string | null;

  @ApiProperty({ ...optional, example: null, description: '`{app}__relation/__/{name}` or `{app}__role/__/{name}`.' })
  ClassUrl?: string | null;

  @ApiProperty({ example: 'http://localhost:3000/ada/', description: 'The cell to tie.' })
  TargetUrl: string;
}

/** What both sides of a message write. */
class MessageTextDto {
  @ApiProperty({ required: false, enum: TYPES, example: 'message', default: 'message' })
  Type?: string;

  @ApiProperty({ ...optional, example: 'Message Sample Title', description: 'At most 256 characters, on one line.' })
  Title?: string | null;

  @ApiProperty({ ...optional, example: 'Message Sample Body', description: 'At most 64 KiB of UTF-8.' })
  Body?: string | null;

  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: 5, example: 3, description: '1 is the highest.' })
  Priority?: number;

  @ApiProperty({ ...optional, example: 'xnKXmd4TTZCw-bfSEw4f0AxnKXmd4TTZ', description: 'Id of another message: 32 characters, or the 22 of a shortened UUID.' })
  InReplyTo?: string | null;

  @ApiProperty({ ...optional, example: null, description: 'Needed for `req.…`: name or class of a relation or role.' })
  RequestRelation?: string | null;

  @ApiProperty({ ...optional, example: null, description: 'Needed for `req.…`: the cell to tie.' })
  RequestRelationTarget?: string | null;

  @ApiProperty({ required: false, nullable: true, type: [RequestObjectDto], example: null, description: 'Needed for `request`: 1 to 100, approved together or not at all.' })
  RequestObjects?: RequestObjectDto[] | null;
}

/** Body of a send. */
@ApiSchema({ name: 'CellNewMessage' })
export class NewMessageDto extends MessageTextDto {
  @ApiProperty({ required: false, example: false, description: 'Belongs to the Box of the app that the token is for, on both sides.' })
  BoxBound?: boolean;

  @ApiProperty({ ...optional, example: 'http://localhost:3000/ben', description: 'Addresses of cells, joined by commas.' })
  To?: string | null;

  @ApiProperty({ ...optional, example: null, description: 'A relation of the sending cell, bound to no Box.' })
  ToRelation?: string | null;
}

/** Body of a delivery. */
@ApiSchema({ name: 'CellDelivery' })
export class DeliveryDto extends MessageTextDto {
  @ApiProperty(ID)
  __id: string;

  @ApiProperty({ example: 'http://localhost:3000/ada/', description: 'Must be the cell whose token it is.' })
  From: string;

  @ApiProperty({ ...optional, example: null, description: 'The other destinations, joined by commas.' })
  MulticastTo?: string | null;

  @ApiProperty({ enum: ['unread', 'none'], example: 'unread', description: '`none` for requests.' })
  Status: string;

  @ApiProperty({ ...optional, example: null, description: 'The app to whose Box it belongs.' })
  Schema?: string | null;
}

/** Body of an answer. */
@ApiSchema({ name: 'CellAnswer' })
export class AnswerDto {
  @ApiProperty({ enum: ['read', 'unread', 'approved', 'rejected'], example: 'read' })
  Command: string;
}

/** What became of one destination. */
@ApiSchema({ name: 'CellResult' })
export class ResultDto {
  @ApiProperty({ example: 'http://localhost:3000/ben/' })
  To: string;

  @ApiProperty({ example: '201', description: 'A status of HTTP, as text.' })
  Code: string;

  @ApiProperty({ example: 'Created.' })
  Reason: string;
}

/** What every message shows. */
class MessageDto {
  @ApiProperty({ type: CellMetadataDto })
  __metadata: CellMetadataDto;

  @ApiProperty(ID)
  __id: string;

  @ApiProperty({ ...nullable, description: 'The Box it belongs to.' })
  '_Box.Name': string | null;

  @ApiProperty(nullable)
  InReplyTo: string | null;

  @ApiProperty({ enum: TYPES, example: 'message' })
  Type: string;

  @ApiProperty({ example: 'Message Sample Title' })
  Title: string;

  @ApiProperty({ example: 'Message Sample Body' })
  Body: string;

  @ApiProperty({ type: 'integer', example: 3 })
  Priority: number;

  @ApiProperty(nullable)
  RequestRelation: string | null;

  @ApiProperty(nullable)
  RequestRelationTarget: string | null;

  @ApiProperty({ required: false, type: [RequestObjectDto], description: 'Only of type `request`.' })
  RequestObjects?: RequestObjectDto[];

  @ApiProperty(TIME)
  __published: string;

  @ApiProperty(TIME)
  __updated: string;

  @ApiProperty({ required: false, type: Object, description: 'Where the Box is, or the Box itself with `$expand=_Box`.' })
  _Box?: object;
}

@ApiSchema({ name: 'CellSentMessage' })
export class SentMessageDto extends MessageDto {
  @ApiProperty({ ...nullable, example: 'http://localhost:3000/ben', description: 'As it was sent.' })
  To: string | null;

  @ApiProperty(nullable)
  ToRelation: string | null;

  @ApiProperty({ type: [ResultDto] })
  Result: ResultDto[];
}

@ApiSchema({ name: 'CellReceivedMessage' })
export class ReceivedMessageDto extends MessageDto {
  @ApiProperty({ example: 'http://localhost:3000/ada/' })
  From: string;

  @ApiProperty({ ...nullable, description: 'The other destinations, joined by commas.' })
  MulticastTo: string | null;

  @ApiProperty({ enum: ['unread', 'read', 'none', 'approved', 'rejected'], example: 'unread' })
  Status: string;

  @ApiProperty({ type: Object, description: 'A link to a list that is always empty.' })
  _AccountRead: object;
}

const COUNT = { required: false, example: '1', description: 'Only with `$inlinecount=allpages`.' } as const;

@ApiSchema({ name: 'CellSentMessageResults' })
export class SentMessageResultsDto {
  @ApiProperty({ type: SentMessageDto })
  results: SentMessageDto;
}

@ApiSchema({ name: 'CellSentMessageAnswer' })
export class SentMessageAnswerDto {
  @ApiProperty({ type: SentMessageResultsDto })
  d: SentMessageResultsDto;
}

@ApiSchema({ name: 'CellSentMessagesResults' })
export class SentMessagesResultsDto {
  @ApiProperty({ type: [SentMessageDto] })
  results: SentMessageDto[];

  @ApiProperty(COUNT)
  __count?: string;
}

@ApiSchema({ name: 'CellSentMessagesAnswer' })
export class SentMessagesAnswerDto {
  @ApiProperty({ type: SentMessagesResultsDto })
  d: SentMessagesResultsDto;
}

@ApiSchema({ name: 'CellReceivedMessageResults' })
export class ReceivedMessageResultsDto {
  @ApiProperty({ type: ReceivedMessageDto })
  results: ReceivedMessageDto;
}

@ApiSchema({ name: 'CellReceivedMessageAnswer' })
export class ReceivedMessageAnswerDto {
  @ApiProperty({ type: ReceivedMessageResultsDto })
  d: ReceivedMessageResultsDto;
}

@ApiSchema({ name: 'CellReceivedMessagesResults' })
export class ReceivedMessagesResultsDto {
  @ApiProperty({ type: [ReceivedMessageDto] })
  results: ReceivedMessageDto[];

  @ApiProperty(COUNT)
  __count?: string;
}

@ApiSchema({ name: 'CellReceivedMessagesAnswer' })
export class ReceivedMessagesAnswerDto {
  @ApiProperty({ type: ReceivedMessagesResultsDto })
  d: ReceivedMessagesResultsDto;
}
