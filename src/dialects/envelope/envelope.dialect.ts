import { type Dialect } from '../../http/dialect.js';
import { EnvelopeVariables } from './envelope.config.js';
import { renderEnvelopeError } from './envelope.errors.js';
import { envelopeMiddleware } from './envelope.middleware.js';
import { EnvelopeModule } from './envelope.module.js';
import { isStreamPath, methodsOfPath, ownsPath, SEGMENTS } from './envelope.routes.js';

/** Packets that the sender's program seals: twice, for the server and for the recipient. */
export const envelopeDialect: Dialect = {
  name: 'envelope',
  module: EnvelopeModule,
  config: EnvelopeVariables,
  bearer: 'A session token: what `POST /api/v1/auth/session` answers with.',
  reservedSegments: SEGMENTS,
  owns: ownsPath,
  methodsOf: methodsOfPath,
  // no GET of this dialect changes anything; a stream has no end that HEAD could wait for
  headIsSafe: (path) => !isStreamPath(path),
  middleware: envelopeMiddleware,
  renderError: (error) => renderEnvelopeError(error),
};
