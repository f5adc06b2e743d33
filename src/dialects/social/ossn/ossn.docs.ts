import { ApiBody, ApiConsumes, ApiExtraModels, ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { applyDecorators, Get, HttpCode, Post, Req, Res, type Type } from '@nestjs/common';
import { type Operation } from './ossn.operations.js';

type Schema = Record<string, unknown>;

/** A parameter as the description shows it. */
export interface ParameterDocs {
  readonly type?: 'string' | 'integer';
  readonly description: string;
  readonly example: string | number;
  /** default true */
  readonly required?: boolean;
}

/** How an operation is described. */
export interface OperationDocs {
  readonly summary: string;
  readonly description?: string;
  /** all but the key, by name */
  readonly parameters: Readonly<Record<string, ParameterDocs>>;
  /** the class of the payload, a list of it, or a plain type */
  readonly payload: Type<unknown> | readonly [Type<unknown>] | { readonly type: 'boolean'; readonly example: boolean };
}

const KEY: ParameterDocs = { description: 'The API key. Also: `Authorization: Bearer <key>`.', example: 'your-api-key' };
const OUTCOME = 'Done where `code` is "100"; any other code tells a refusal.';

/** Puts a controller under the dialect's heading. */
export const OssnDocs = () => ApiTags('ossn');

/**
 * Makes a handler that takes the request and the response an operation of the API: for POST under
 * its own name, and for GET through a twin, because a handler answers to one method.
 */
export function Serves(operation: Operation, docs: OperationDocs): MethodDecorator {
  return (target, property, descriptor) => {
    const name = String(property);
    const twin = `${name}ByGet`;
    const handle = descriptor.value as (request: unknown, response: unknown) => unknown;
    const byGet = function (this: unknown, request: unknown, response: unknown): unknown {
      return handle.call(this, request, response);
    };
    Object.defineProperty(byGet, 'name', { value: twin });
    const twinDescriptor = { configurable: true, writable: true, value: byGet };
    Object.defineProperty(target, twin, twinDescriptor);
    for (const each of [name, twin]) {
      Req()(target, each, 0);
      Res({ passthrough: true })(target, each, 1);
    }
    const path = `${operation.version}/${operation.name}`;
    applyDecorators(Post(path), HttpCode(200), ...described(operation, docs), ...asBody(operation, docs))(target, name, descriptor as TypedPropertyDescriptor<unknown>);
    applyDecorators(Get(path), ...described(operation, docs), ...asQuery(docs))(target, twin, twinDescriptor);
  };
}

function described(operation: Operation, { summary, description, payload }: OperationDocs): MethodDecorator[] {
  const once = operation.takesFile
    ? [ApiHeader({ name: 'Idempotency-Key', required: false, description: "Any text of the client's choice. A repeated request with it gets the first answer and makes no second message." })]
    : [];
  return [
    ...models(payload).map((model) => ApiExtraModels(model)),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ...once,
    ApiResponse({ status: 200, description: OUTCOME, schema: envelopeSchema(payload) }),
  ];
}

function asQuery(docs: OperationDocs): MethodDecorator[] {
  return Object.entries({ api_key_token: KEY, ...docs.parameters }).map(([name, { type = 'string', description, example, required = true }]) =>
    ApiQuery({ name, required, description, schema: { type, example } }),
  );
}

function asBody(operation: Operation, docs: OperationDocs): MethodDecorator[] {
  const all: [string, ParameterDocs][] = Object.entries({ api_key_token: KEY, ...docs.parameters });
  const properties: Record<string, Schema> = Object.fromEntries(
    all.map(([name, { type = 'string', description, example }]) => [name, { type, description, example }]),
  );
  if (operation.takesFile) {
    properties['attachment'] = { type: 'string', format: 'binary', description: 'A file: jpg, png, jpeg, jfif, gif, webp, docx or pdf. In a multipart body only.' };
  }
  const required = all.filter(([, { required: isRequired = true }]) => isRequired).map(([name]) => name);
  return [
    ApiConsumes('multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'),
    ApiBody({ schema: { type: 'object', required, properties } }),
  ];
}

function envelopeSchema(payload: OperationDocs['payload']): Schema {
  return {
    type: 'object',
    required: ['merchant', 'url', 'time_token', 'payload', 'code', 'message'],
    properties: {
      merchant: { type: 'string', description: 'Name of the site.', example: 'Harbour' },
      url: { type: 'string', description: 'Address of the site, with a slash at its end.', example: 'https://harbour.example/' },
      time_token: { type: 'integer', description: 'Unix seconds.', example: 1790000123 },
      payload: { oneOf: [payloadSchema(payload), { type: 'boolean', enum: [false] }], description: 'false where the call was refused.' },
      code: {
        type: 'string',
        description: '100 done, 101 unknown method, 103 unknown user, 104 account not validated, 105 wrong password, 106 wrong key or empty input, 107 unknown version, 200 failed, 201 switched off.',
        example: '100',
      },
      message: { type: 'string', example: 'Request successfully executed' },
    },
  };
}

function payloadSchema(payload: OperationDocs['payload']): Schema {
  if ('type' in payload) return { ...payload };
  if (isList(payload)) return { type: 'array', items: { $ref: getSchemaPath(payload[0]) } };
  return { $ref: getSchemaPath(payload) };
}

function models(payload: OperationDocs['payload']): Type<unknown>[] {
  if ('type' in payload) return [];
  return isList(payload) ? [payload[0]] : [payload];
}

function isList(payload: OperationDocs['payload']): payload is readonly [Type<unknown>] {
  return Array.isArray(payload);
}
