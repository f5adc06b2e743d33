import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DATE, FINGERPRINT, HPKE, SEALED, WIRE_ID, WRAPPED } from './examples.js';

@ApiSchema({ name: 'EnvelopeBody' })
export class DeliverDto {
  @ApiProperty({ description: 'The sealed Packet, base64.', example: SEALED })
  data: string;

  @ApiProperty({ description: 'How both are to be decrypted.', example: HPKE })
  algorithm: string;

  @ApiProperty({ description: 'The random content key, encrypted to a key of this server; base64.', example: WRAPPED })
  password: string;

  @ApiProperty({ required: false, description: 'The fingerprint of that key.' })
  kid?: string;
}

@ApiSchema({ name: 'EnvelopeDelivered' })
export class DeliveredDto {
  @ApiProperty({ example: WIRE_ID })
  message_id: string;
}

@ApiSchema({ name: 'EnvelopePacket' })
export class PacketDto {
  @ApiProperty({ description: 'Chosen by the sender.', example: '01JX-demo-0001' })
  id: string;

  @ApiProperty({ example: WIRE_ID })
  user_id: string;

  @ApiProperty({ example: SEALED })
  data: string;

  @ApiProperty({ example: HPKE })
  algorithm: string;

  @ApiProperty({ example: WRAPPED })
  password: string;

  @ApiProperty({ required: false, example: FINGERPRINT })
  kid?: string;
}

@ApiSchema({ name: 'EnvelopeMessage' })
export class MessageItemDto {
  @ApiProperty({ example: WIRE_ID })
  message_id: string;

  @ApiProperty({ description: 'Where the next list goes on. Opaque.', example: 'c12' })
  cursor: string;

  @ApiProperty({ example: DATE })
  received_at: string;

  @ApiProperty({ description: 'Bytes of the sealed message and its wrapped key.', example: 2148 })
  size: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  acked_at: string | null;

  @ApiProperty({ description: 'The token it came with.', example: WIRE_ID })
  token_id: string;

  @ApiProperty({ enum: ['inbox', 'requests'], example: 'inbox' })
  folder: string;

  @ApiProperty({ required: false, type: PacketDto })
  packet?: PacketDto;
}

@ApiSchema({ name: 'EnvelopeMessages' })
export class MessagePageDto {
  @ApiProperty({ type: [MessageItemDto] })
  messages: MessageItemDto[];

  @ApiProperty({ type: String, nullable: true, description: 'The cursor of the last one; null for an empty list.', example: 'c12' })
  next: string | null;
}

@ApiSchema({ name: 'EnvelopeAckAll' })
export class AckAllDto {
  @ApiProperty({ type: [String], description: 'At most 500; those that are not there are passed over.', example: [WIRE_ID] })
  message_ids: string[];
}

@ApiSchema({ name: 'EnvelopeAttachmentBody' })
export class AttachmentBodyDto {
  @ApiProperty({ type: 'string', format: 'binary' })
  file: string;
}

@ApiSchema({ name: 'EnvelopeAttachment' })
export class AttachmentAnswerDto {
  @ApiProperty({ example: WIRE_ID })
  attachment_id: string;

  @ApiProperty({ example: 65562 })
  size: number;

  @ApiProperty({ description: 'Hex.', example: FINGERPRINT })
  sha256: string;
}
