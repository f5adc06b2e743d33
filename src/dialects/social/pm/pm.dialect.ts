import { type Dialect } from '../../../http/dialect.js';
import { SocialModule } from '../social.module.js';
import { PmVariables } from './pm.config.js';
import { renderPmError } from './pm.errors.js';
import { pmMiddleware } from './pm.middleware.js';
import { PmModule } from './pm.module.js';
import { isSafeToPeek, methodsOfPath, ownsPath, SEGMENTS } from './pm.routes.js';

/** Private messages between the users of a community. */
export const pmDialect: Dialect = {
  name: 'pm',
  switch: 'social',
  module: PmModule,
  family: SocialModule,
  config: PmVariables,
  bearer: 'An access token of OAuth or of `polypost pm token`, or a JWT signed with PM_JWT_SECRET.',
  reservedSegments: SEGMENTS,
  owns: ownsPath,
  methodsOf: methodsOfPath,
  headIsSafe: isSafeToPeek,
  middleware: pmMiddleware,
  renderError: (error, request) => renderPmError(error, request.path),
};
