import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ErrorsDto } from './dto/common.dto.js';

/** A query parameter of a route. */
export interface QueryDocs {
  readonly name: string;
  readonly description: string;
  readonly type?: 'string' | 'integer';
}

/** How a route is described. */
export interface RouteDocs {
  readonly summary: string;
  readonly description?: string;
  /** false: works without a token */
  readonly token?: boolean;
  readonly body?: Type<unknown>;
  /** media type of the body, where it is not JSON */
  readonly consumes?: string;
  /** what the id in the path names */
  readonly id?: string;
  readonly paged?: boolean;
  readonly query?: readonly QueryDocs[];
  /** a repeated request is answered again and not done again */
  readonly once?: boolean;
  /** status of success; default 200 */
  readonly status?: number;
  /** what success answers with; absent where there is no body */
  readonly response?: Type<unknown>;
}

const PAGE: readonly QueryDocs[] = [
  { name: 'limit', description: 'Elements of a page; 20 where it is not given, 200 at most.', type: 'integer' },
  { name: 'offset', description: 'Elements to leave out.', type: 'integer' },
];

/** Puts a controller under the dialect's heading. */
export const PmDocs = (): ClassDecorator => ApiTags('pm');

/** Describes one route. Paths are the same with and without a slash at their end. */
export function Docs(docs: RouteDocs): MethodDecorator {
  const parts: MethodDecorator[] = [ApiOperation({ summary: docs.summary, description: docs.description ?? '' })];
  if (docs.token !== false) parts.push(ApiBearerAuth('pm'));
  if (docs.body !== undefined) parts.push(ApiBody({ type: docs.body }));
  if (docs.consumes !== undefined) parts.push(ApiConsumes(docs.consumes));
  if (docs.id !== undefined) parts.push(ApiParam({ name: 'id', type: String, description: docs.id }));
  if (docs.once === true) {
    parts.push(ApiHeader({ name: 'Idempotency-Key', required: false, description: "Any text of the client's choice. A repeated request with it gets the first answer and makes no second message." }));
  }
  for (const { name, description, type = 'string' } of [...(docs.query ?? []), ...(docs.paged === true ? PAGE : [])]) {
    parts.push(ApiQuery({ name, description, required: false, schema: { type } }));
  }
  parts.push(ApiResponse({ status: docs.status ?? 200, description: 'Done.', ...(docs.response === undefined ? {} : { type: docs.response }) }));
  parts.push(ApiResponse({ status: '4XX', type: ErrorsDto, description: 'Any refusal; the words under `code` say which.' }));
  return applyDecorators(...parts);
}
