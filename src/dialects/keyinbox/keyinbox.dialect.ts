import { type Dialect } from '../../http/dialect.js';
import { KeyInboxVariables } from './keyinbox.config.js';
import { renderKeyInboxError } from './keyinbox.errors.js';
import { keyInboxMiddleware } from './keyinbox.middleware.js';
import { KeyInboxModule } from './keyinbox.module.js';
import { methodsOfPath, ownsPath, SEGMENTS } from './keyinbox.routes.js';

/** Key-addressed messages: no accounts, a pair of keys is all a client needs. */
export const keyInboxDialect: Dialect = {
  name: 'keyinbox',
  module: KeyInboxModule,
  config: KeyInboxVariables,
  reservedSegments: SEGMENTS,
  owns: ownsPath,
  methodsOf: methodsOfPath,
  // no GET of this dialect changes anything
  headIsSafe: () => true,
  middleware: keyInboxMiddleware,
  renderError: (error, _request, config) => renderKeyInboxError(error, config.section(KeyInboxVariables).DEBUG_ENABLED),
};
