import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CellErrorDto } from './dto/common.dto.js';

/** How a route is described. */
export interface RouteDocs {
  readonly summary: string;
  readonly description?: string;
  /** false: works without a token */
  readonly token?: boolean;
  /** false: the path has no cell in it */
  readonly cell?: boolean;
  readonly body?: Type<unknown>;
  /** media type of the body, where it is not JSON */
  readonly consumes?: string;
  /** a body that no class describes, such as XML */
  readonly bodyExample?: string;
  /** what the key in the path names, with an example */
  readonly key?: { readonly description: string; readonly example: string };
  /** what further parameters of the path are */
  readonly params?: readonly { readonly name: string; readonly description: string; readonly example?: string }[];
  /** the options of a list: `$filter` and its kin */
  readonly listed?: boolean;
  /** a repeated request is answered again and not done again */
  readonly once?: boolean;
  /** further headers of the request */
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  /** status of success; default 200 */
  readonly status?: number;
  /** what success answers with; absent where there is no body */
  readonly response?: Type<unknown>;
}

const LIST_OPTIONS = [
  ['$filter', "Such as `Name eq 'x'`; operators eq, ne, gt, ge, lt, le, and, or; functions startswith, substringof.", 'string'],
  ['$orderby', 'Properties, each with asc or desc.', 'string'],
  ['$top', 'Entities of a page, 0 to 10000; 25 where it is not given.', 'integer'],
  ['$skip', 'Entities to leave out, up to 100000.', 'integer'],
  ['$inlinecount', '`allpages` to be told how many fit in all.', 'string'],
  ['$select', 'Properties to be told; all where it is not given.', 'string'],
  ['q', 'Words that must all be found.', 'string'],
] as const;

/** Puts a controller under the dialect's heading. */
export const CellDocs = (): ClassDecorator => ApiTags('cell');

/** Describes one route. Paths are the same with and without a slash at their end. */
export function Docs(docs: RouteDocs): MethodDecorator {
  const parts: MethodDecorator[] = [ApiOperation({ summary: docs.summary, description: docs.description ?? '' })];
  if (docs.token !== false) parts.push(ApiBearerAuth('cell'));
  if (docs.cell !== false) parts.push(ApiParam({ name: 'cell', type: String, description: 'Name of a cell.', example: 'ada' }));
  if (docs.body !== undefined) parts.push(ApiBody({ type: docs.body }));
  if (docs.bodyExample !== undefined) parts.push(ApiBody({ schema: { type: 'string', example: docs.bodyExample } }));
  if (docs.consumes !== undefined) parts.push(ApiConsumes(docs.consumes));
  if (docs.key !== undefined) parts.push(ApiParam({ name: 'key', type: String, ...docs.key }));
  for (const param of docs.params ?? []) parts.push(ApiParam({ type: String, ...param }));
  if (docs.once === true) {
    parts.push(ApiHeader({ name: 'Idempotency-Key', required: false, description: "Any text of the client's choice. A repeated request with it gets the first answer and makes no second message." }));
  }
  for (const header of docs.headers ?? []) parts.push(ApiHeader({ ...header, required: false }));
  if (docs.listed === true) for (const [name, description, type] of LIST_OPTIONS) parts.push(ApiQuery({ name, description, required: false, schema: { type } }));
  parts.push(ApiResponse({ status: docs.status ?? 200, description: 'Done.', ...(docs.response === undefined ? {} : { type: docs.response }) }));
  parts.push(ApiResponse({ status: '4XX', type: CellErrorDto, description: 'Any refusal; the code says which.' }));
  return applyDecorators(...parts);
}
