import { User } from './user.entity.js';
import { Cell } from './cell.entity.js';
import { Mailbox } from './mailbox.entity.js';
import { Relation } from './relation.entity.js';
import { Message } from './message.entity.js';
import { Delivery } from './delivery.entity.js';
import { Conversation } from './conversation.entity.js';
import { BoxCount } from './box-count.entity.js';
import { Attachment } from './attachment.entity.js';
import { Credential } from './credential.entity.js';
import { Event } from './event.entity.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { EnvelopeChallenge } from '../own/envelope/challenge.entity.js';
import { EnvelopeFile } from '../own/envelope/file.entity.js';
import { EnvelopeRestingName } from '../own/envelope/resting-name.entity.js';
import { EnvelopeServerKey } from '../own/envelope/server-key.entity.js';
import { KeyinboxIdentity } from '../own/keyinbox/identity.entity.js';
import { KeyinboxContract } from '../own/keyinbox/contract.entity.js';
import { PmClient } from '../own/pm/client.entity.js';
import { PmGrant } from '../own/pm/grant.entity.js';
import { PmSettings } from '../own/pm/settings.entity.js';
import { PmUpload } from '../own/pm/upload.entity.js';
import { PmUploadPart } from '../own/pm/upload-part.entity.js';

/** An explicit list: globs break in compiled and tested code alike. */
export const entities = [
  User,
  Cell,
  Mailbox,
  Relation,
  Message,
  Delivery,
  Conversation,
  BoxCount,
  Attachment,
  Credential,
  Event,
  IdempotencyKey,
  KeyinboxIdentity,
  KeyinboxContract,
  PmClient,
  PmGrant,
  PmSettings,
  PmUpload,
  PmUploadPart,
  EnvelopeServerKey,
  EnvelopeChallenge,
  EnvelopeRestingName,
  EnvelopeFile,
];
