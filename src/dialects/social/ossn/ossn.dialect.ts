import { type Dialect } from '../../../http/dialect.js';
import { SocialModule } from '../social.module.js';
import { OssnVariables } from './ossn.config.js';
import { renderOssnError } from './ossn.errors.js';
import { ossnMiddleware } from './ossn.middleware.js';
import { OssnModule } from './ossn.module.js';
import { isFilePath, methodsOfPath, ownsPath, SEGMENTS } from './ossn.routes.js';

/** Messages between the users of a social network. */
export const ossnDialect: Dialect = {
  name: 'ossn',
  switch: 'social',
  module: OssnModule,
  family: SocialModule,
  config: OssnVariables,
  reservedSegments: SEGMENTS,
  owns: ownsPath,
  methodsOf: methodsOfPath,
  // a GET of the API may send a message, one of a file may not
  headIsSafe: isFilePath,
  middleware: ossnMiddleware,
  renderError: (error, request, config, clock) => renderOssnError(error, request.path, config, clock),
};
