import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FailureDto } from './dto/responses.dto.js';

/** How a route is described. */
export interface RouteDocs {
  readonly summary: string;
  readonly description?: string;
  /** the body's class, for methods that take one everywhere */
  readonly body?: Type<unknown>;
  /** a body that can be tried out as it stands; the private key goes into the header's field */
  readonly example?: object;
  /** members of the JSON body of a GET or DELETE, which the docs page cannot send */
  readonly bodyMembers?: string;
  readonly privateKey?: boolean;
  readonly publicKey?: boolean;
  readonly paged?: boolean;
  readonly id?: boolean;
  /** a repeated request is answered again and not done again */
  readonly once?: boolean;
  readonly response: Type<unknown>;
}

interface ParameterSchema {
  readonly type: 'string' | 'integer';
  readonly minimum?: number;
  readonly enum?: string[];
}

/** Puts a controller under the dialect's heading. */
export const KeyInboxDocs = () => ApiTags('keyinbox');

/**
 * Describes one route. GET and DELETE take their parameters from a JSON body; browsers and the
 * docs page cannot send one with GET, so the headers and query parameters that stand for it are
 * described as parameters.
 */
export function Docs(docs: RouteDocs): MethodDecorator {
  const parts: MethodDecorator[] = [];
  const body = docs.bodyMembers === undefined ? '' : `\n\nJSON body: \`${docs.bodyMembers}\`. Clients that cannot send one use the parameters below, or POST with X-HTTP-Method-Override.`;
  parts.push(ApiOperation({ summary: docs.summary, description: `${docs.description ?? ''}${body}`.trim() }));
  if (docs.body !== undefined) parts.push(ApiBody({ type: docs.body, ...examplesOf(docs.example) }));
  if (docs.id === true) parts.push(ApiParam({ name: 'id', type: String, description: 'The public id: letters and digits.' }));
  if (docs.privateKey === true) {
    parts.push(ApiHeader({ name: 'X-SLS-Private-Key', required: false, description: 'Stands for `private_key`. Also: `Authorization: PrivateKey <key>`. Never in the query.' }));
  }
  if (docs.once === true) {
    parts.push(ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Any text of the client\'s choice. A repeated request with it gets the first answer and makes no second message.' }));
  }
  if (docs.publicKey === true) parts.push(query('public_key', 'Stands for `public_key`; also as header X-SLS-Public-Key.'));
  if (docs.paged === true) {
    parts.push(
      query('skip', 'Stands for `pagination_data.skip`; 0 if there is no body.', { type: 'integer', minimum: 0 }),
      query('take', 'Stands for `pagination_data.take`; 50 if there is no body, -1 for all.', { type: 'integer', minimum: -1 }),
      query('folder', 'Stands for `folder`: inbox (default) or sent.', { type: 'string', enum: ['inbox', 'sent'] }),
    );
  }
  parts.push(
    ApiResponse({ status: 200, type: docs.response, description: 'Done.' }),
    ApiResponse({ status: 400, type: FailureDto, description: 'Any refusal; `messages[0].code` says which.' }),
  );
  return applyDecorators(...parts);
}

function query(name: string, description: string, schema: ParameterSchema = { type: 'string' }): MethodDecorator {
  return ApiQuery({ name, schema, required: false, description });
}

function examplesOf(value: object | undefined): { examples?: Record<string, { summary: string; value: object }> } {
  return value === undefined ? {} : { examples: { header: { summary: 'The private key stands in the header', value } } };
}
