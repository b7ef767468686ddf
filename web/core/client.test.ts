import { expect, test, vi } from 'vitest';
import { ApiError, createClient } from './client.ts';

const answer = (status: number, body: string) => vi.fn(async () => new Response(body, { status }));

test('a query leaves out what is undefined and escapes what is not plain', async () => {
  const fetcher = answer(200, '{}');
  await createClient(fetcher).get('findings', { text: 'a&b', entity: undefined, limit: 5 });
  expect(fetcher).toHaveBeenCalledWith('/api/findings?text=a%26b&limit=5', undefined);
});

test('what the path names goes into the path, escaped, and not into the query', async () => {
  const fetcher = answer(200, '{}');
  await createClient(fetcher).get('anomaly', { serviceName: 'a/b', namespace: 'shop' });
  expect(fetcher).toHaveBeenCalledWith('/api/anomaly/a%2Fb?namespace=shop', undefined);
});

test("an error keeps the server's code and sentence", async () => {
  const client = createClient(answer(404, '{"code":"not-found","message":"No such finding"}'));
  const error = await client.get('finding', { id: 'x' }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 404, code: 'not-found', message: 'No such finding' });
});

test('an error without a readable body still says what happened', async () => {
  const error = await createClient(answer(502, '<html>'))
    .get('overview')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 502, code: 'http-502' });
});

test('no answer at all is an error with status 0', async () => {
  const fetcher = vi.fn(async () => Promise.reject(new TypeError('failed')));
  const error = await createClient(fetcher)
    .get('overview')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 0, code: 'unreachable' });
});

test('a command is posted as JSON', async () => {
  const fetcher = answer(200, '{}');
  await createClient(fetcher).control({ action: 'jump', toMs: 5 });
  expect(fetcher).toHaveBeenCalledWith('/api/replay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"action":"jump","toMs":5}',
  });
});
