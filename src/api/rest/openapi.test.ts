import { describe, expect, it } from 'vitest';
import { ROUTES, STREAM_PATH } from './contract.ts';
import { openApi } from './openapi.ts';

const document = JSON.parse(JSON.stringify(openApi('1.2.3')));

function refsOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => (key === '$ref' ? [String(part)] : refsOf(part)));
}

describe('the OpenAPI document', () => {
  it('has every route', () => {
    const operations = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    const routes = Object.entries(ROUTES).map(([name, { method, path }]) => `${name} ${method.toLowerCase()} ${path}`);
    expect(operations.sort()).toEqual([...routes, `stream get ${STREAM_PATH}`].sort());
  });

  it('refers to nothing that is not in it', () => {
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(names).toContain('#/components/schemas/Finding');
    expect(new Set(refsOf(document)).difference(new Set(names))).toEqual(new Set());
  });

  it('tells of a parameter whether it is required, its range and its default', () => {
    const { parameters } = document.paths['/api/findings'].get;
    const limit = parameters.find(({ name }: { name: string }) => name === 'limit');
    expect(limit).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    });
    expect(document.paths['/api/entity'].get.parameters).toMatchObject([
      { name: 'key', required: true, description: 'kind/namespace/name' },
    ]);
  });

  it('tells of a part of the path that it is one', () => {
    expect(document.paths['/api/anomaly/{serviceName}'].get.parameters).toMatchObject([
      { name: 'serviceName', in: 'path', required: true },
      { name: 'namespace', in: 'query', required: false },
    ]);
  });

  it('says what a reply and an error look like', () => {
    const { responses } = document.paths['/api/overview'].get;
    expect(responses[200].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Overview' });
    expect(responses.default.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Error' });
    expect(document.components.schemas.Error).toMatchObject({ required: ['code', 'message'] });
  });

  it('is of OpenAPI 3.1 and holds no identifiers of another place', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(JSON.stringify(document)).not.toContain('"$id"');
  });
});
