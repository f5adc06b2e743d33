import { type Dialect } from '../../http/dialect.js';
import { CellVariables } from './cell.config.js';
import { renderCellError } from './cell.errors.js';
import { cellMiddleware } from './cell.middleware.js';
import { CellModule } from './cell.module.js';
import { methodsOfPath, ownsPath, SEGMENTS } from './cell.routes.js';

/** Messages between cells, with relations, roles and approval. */
export const cellDialect: Dialect = {
  name: 'cell',
  module: CellModule,
  config: CellVariables,
  bearer: 'A token of `POST /{cell}/__token`, or POLYPOST_ADMIN_TOKEN, which passes every check.',
  reservedSegments: SEGMENTS,
  owns: ownsPath,
  methodsOf: methodsOfPath,
  // no GET of this dialect changes anything
  headIsSafe: () => true,
  middleware: cellMiddleware,
  renderError: (error, request, config) => renderCellError(error, request.path, config),
};
