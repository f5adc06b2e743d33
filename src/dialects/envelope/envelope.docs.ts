import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ErrorDto } from './dto/common.dto.js';

export interface QueryDocs {
  readonly name: string;
  readonly description: string;
  readonly type?: 'string' | 'integer';
  readonly required?: boolean;
  readonly example?: string;
}

/** How a route is described. */
export interface RouteDocs {
  readonly summary: string;
  readonly description?: string;
  /** needs `Authorization: Bearer` */
  readonly session?: boolean;
  /** takes `Authorization: Token` */
  readonly token?: boolean;
  readonly body?: Type<unknown>;
  /** media type of the body where it is not JSON */
  readonly consumes?: string;
  /** media type of the answer where it is not JSON */
  readonly produces?: string;
  /** what the id in the path names */
  readonly id?: string;
  readonly parameter?: { readonly name: string; readonly description: string };
  readonly query?: readonly QueryDocs[];
  /** status of success; default 200 */
  readonly status?: number;
  /** what success answers with; absent where there is no JSON */
  readonly response?: Type<unknown>;
}

/** Puts a controller under the dialect's heading. */
export const EnvelopeDocs = (): ClassDecorator => ApiTags('envelope');

/** Describes one route. */
export function Docs(docs: RouteDocs): MethodDecorator {
  const parts: MethodDecorator[] = [ApiOperation({ summary: docs.summary, description: docs.description ?? '' })];
  if (docs.session === true) parts.push(ApiBearerAuth('envelope'));
  if (docs.token === true) parts.push(ApiHeader({ name: 'Authorization', required: false, description: '`Token` and an access token of the person in question.' }));
  if (docs.body !== undefined) parts.push(ApiBody({ type: docs.body }));
  if (docs.consumes !== undefined) parts.push(ApiConsumes(docs.consumes));
  if (docs.produces !== undefined) parts.push(ApiProduces(docs.produces));
  if (docs.id !== undefined) parts.push(ApiParam({ name: 'id', type: String, description: `A ${docs.id}.` }));
  if (docs.parameter !== undefined) parts.push(ApiParam({ ...docs.parameter, type: String }));
  for (const { name, description, type = 'string', required = false, example } of docs.query ?? []) {
    parts.push(ApiQuery({ name, description, required, schema: { type }, ...(example === undefined ? {} : { example }) }));
  }
  parts.push(ApiResponse({ status: docs.status ?? 200, description: 'Done.', ...(docs.response === undefined ? {} : { type: docs.response }) }));
  parts.push(ApiResponse({ status: '4XX', type: ErrorDto, description: 'Any refusal; `error` says which.' }));
  return applyDecorators(...parts);
}
