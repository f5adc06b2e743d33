import { Controller, Get, Inject } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { CONTRACT_BYTES_MAX, CONTRACT_SECONDS_MAX } from '../contracts/contract.limits.js';
import { ServerInfoAnswerDto } from '../dto/responses.dto.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { Docs, KeyInboxDocs } from '../keyinbox.docs.js';
import { type Envelope, success } from '../keyinbox.envelope.js';

/** The version of the protocol, not of this program. */
const PROTOCOL_VERSION = '0.12.231';
/** Clients want these two and get nothing to learn from. */
const UNDISCLOSED = 'n/a';

/** What this network allows. */
@KeyInboxDocs()
@Controller()
export class ServerController {
  private readonly answer: Envelope;

  constructor(@Inject(Config) config: Config) {
    this.answer = success(null, serverInfo(config.section(KeyInboxVariables)));
  }

  @Get('ping')
  @Docs({ summary: 'Server information', response: ServerInfoAnswerDto })
  ping(): Envelope {
    return this.answer;
  }
}

/** The options stand in it under the names of both generations of clients. */
function serverInfo(options: Readonly<KeyInboxVariables>) {
  return {
    sls_server_version: PROTOCOL_VERSION,
    php_version: UNDISCLOSED,
    operating_system: UNDISCLOSED,
    server_info: {
      COLLECT_SENDER_NET_INFORMATION: options.COLLECT_SENDER_NET_INFORMATION,
      ALLOW_NOT_IDENTIFIED_SENDERS: options.ALLOW_NOT_IDENTIFIED_SENDERS,
      ALLOW_MESSAGE_DELETION: options.ALLOW_MESSAGE_DELETION,
      ALLOW_MESSAGE_EDIT: options.ALLOW_MESSAGE_EDIT,
      MESSAGE_MAX_SIZE: options.MESSAGE_MAX_SIZE,
      allow_not_identified_senders: options.ALLOW_NOT_IDENTIFIED_SENDERS,
      allow_message_edit: options.ALLOW_MESSAGE_EDIT,
      allow_message_deletion: options.ALLOW_MESSAGE_DELETION,
      message_max_size: `${options.MESSAGE_MAX_SIZE}B`,
      sign_message_max_size: `${CONTRACT_BYTES_MAX / 1024}K`,
      sign_max_expiration: CONTRACT_SECONDS_MAX,
    },
  };
}
