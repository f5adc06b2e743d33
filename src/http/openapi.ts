import { type INestApplication } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type Dialect } from './dialect.js';
import { DIALECTS } from './tokens.js';

/**
 * Describes every route of the enabled dialects. Depends on the code alone, never on settings,
 * time or the order in which modules are loaded, so that it can be committed and compared.
 *
 * @param app an application that holds HttpModule; need not listen
 */
export function buildOpenApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Polypost')
    .setDescription('A self-hosted message server that speaks existing message APIs, each under its own heading; house is the server itself.')
    .setVersion('1')
    .addServer('/');
  const dialects = app.get<readonly Dialect[]>(DIALECTS);
  for (const { name, bearer } of dialects) if (bearer !== undefined) builder.addBearerAuth({ type: 'http', scheme: 'bearer', description: bearer }, name);
  const names = dialects.map((dialect) => dialect.name);
  for (const name of [...names, 'house'].sort()) builder.addTag(name);
  const document = SwaggerModule.createDocument(app, builder.build());
  nameOperations(document);
  return {
    ...document,
    paths: sorted(document.paths, (methods) => sorted(methods)),
    components: sorted(document.components ?? {}, (group) => sorted(group as object)),
  };
}

/** Shows the description at /docs, /docs-json and /docs-yaml. It is made when first asked for. */
export function serveDocs(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(app), {
    customSiteTitle: 'Polypost',
    swaggerOptions: { persistAuthorization: false, validatorUrl: null, tagsSorter: 'alpha', docExpansion: 'none', defaultModelsExpandDepth: 0 },
  });
}

interface Operation {
  operationId?: string;
  readonly tags?: readonly string[];
}

/** Names of client methods: two dialects may have controllers of one name, so the heading goes first. */
function nameOperations(document: OpenAPIObject): void {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path as Record<string, Operation>));
  for (const operation of operations) {
    const name = operation.operationId?.replace('Controller_', '_');
    if (name !== undefined) operation.operationId = `${operation.tags?.[0] ?? 'house'}_${name}`;
  }
}

function sorted<T extends object>(object: T, inner: (value: T[keyof T]) => unknown = (value) => value): T {
  const keys = Object.keys(object).sort() as (keyof T & string)[];
  return Object.fromEntries(keys.map((key) => [key, inner(object[key])])) as T;
}
