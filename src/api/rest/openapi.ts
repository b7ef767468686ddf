// The OpenAPI 3.1 document of the routes, from the very schemas that check what comes in and type what goes out.
import { z } from 'zod';
import * as contract from './contract.ts';
import { ErrorSchema, ROUTES, type Route, STREAM_PATH } from './contract.ts';

type Json = Record<string, unknown>;

/** The document as plain data. Schemas that the contract exports are components by their names, the others by their route's. */
export function openApi(version: string): Json {
  const names = namesOf();
  const refOf = (schema: z.ZodType): Json => ({ $ref: `#/components/schemas/${names.get(schema)?.id}` });
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(operationId, route, refOf);
    paths[route.path] = path;
  }
  paths[STREAM_PATH] = { get: streamOperation() };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidewatch',
      version,
      description: 'Times are epoch milliseconds UTC; null is a number that is not there.',
    },
    paths,
    components: { schemas: components(names) },
  };
}

const routes = Object.entries(ROUTES) as [string, Route][];

type Names = z.core.$ZodRegistry<{ id: string }>;

function namesOf(): Names {
  const names: Names = z.registry<{ id: string }>();
  for (const [name, value] of Object.entries(contract)) {
    if (value instanceof z.ZodType && name.endsWith('Schema'))
      names.add(value, { id: name.slice(0, -'Schema'.length) });
  }
  for (const [operationId, { body, reply }] of routes) {
    const name = `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}`;
    if (!names.has(reply)) names.add(reply, { id: `${name}Reply` });
    if (body !== undefined && !names.has(body)) names.add(body, { id: `${name}Body` });
  }
  return names;
}

/** Told as input, which leaves objects open: a client must not break when a reply gains a field. */
function components(names: Names): Json {
  const { schemas } = z.toJSONSchema(names, {
    ...{ uri: (id) => `#/components/schemas/${id}`, io: 'input' },
    override: ({ jsonSchema }) => dropOurs(jsonSchema),
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema)]));
}

/** What the schemas of resources say to ourselves and to Kubernetes. */
function dropOurs(schema: Record<string, unknown>): void {
  for (const key of Object.keys(schema)) {
    if (key === 'expected' || key === 'readOnly' || key.startsWith('x-kubernetes-')) delete schema[key];
  }
}

function withoutIds(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !['$id', '$schema', 'id'].includes(key)));
}

function operation(operationId: string, route: Route, refOf: (schema: z.ZodType) => Json): Json {
  const json = (schema: Json) => ({ content: { 'application/json': { schema } } });
  const failure = { description: 'What is wrong and what to do', ...json(refOf(ErrorSchema)) };
  return {
    operationId,
    summary: route.summary,
    ...parametersOf(route),
    ...(route.body === undefined ? {} : { requestBody: { required: true, ...json(refOf(route.body)) } }),
    responses: { 200: { description: route.summary, ...json(refOf(route.reply)) }, default: failure },
  };
}

function parametersOf({ params, query }: Route): Json {
  const all = [
    ...(params === undefined ? [] : parameters(params, 'path')),
    ...(query === undefined ? [] : parameters(query, 'query')),
  ];
  return all.length === 0 ? {} : { parameters: all };
}

function parameters(fields: z.ZodObject, place: 'path' | 'query'): Json[] {
  return Object.entries(fields.shape).map(([name, field]) => {
    const { description, ...schema } = withoutIds(z.toJSONSchema(field as z.ZodType, { io: 'output' }));
    return {
      name,
      in: place,
      required: !(field as z.ZodType).safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function streamOperation(): Json {
  const summary = 'Server-sent events: `replay` with a Replay each second, `changed` when findings changed';
  return {
    operationId: 'stream',
    summary,
    responses: { 200: { description: summary, content: { 'text/event-stream': { schema: { type: 'string' } } } } },
  };
}
