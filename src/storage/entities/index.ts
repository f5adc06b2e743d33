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
import { CellAccount } from '../own/cell/account.entity.js';
import { CellBox } from '../own/cell/box.entity.js';
import { CellExtCell } from '../own/cell/ext-cell.entity.js';
import { CellGrant } from '../own/cell/grant.entity.js';
import { CellLink } from '../own/cell/link.entity.js';
import { CellRelation } from '../own/cell/relation.entity.js';
import { CellRole } from '../own/cell/role.entity.js';
import { CellCopy } from '../own/cell/copy.entity.js';
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
  CellAccount,
  CellBox,
  CellExtCell,
  CellGrant,
  CellLink,
  CellRelation,
  CellRole,
  CellCopy,
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
