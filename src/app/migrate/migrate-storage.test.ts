import { expect, it } from 'vitest';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';
import { migrateStorage } from './migrate-storage.ts';

function setUp({ stored = ['v1', 'v2'], pages = [['a', 'b'], ['c']], gone = '' } = {}) {
  const sent: string[] = [];
  const client: KubeClient = {
    server: 'fake',
    close: async () => {},
    stream: () => Promise.reject(new Error('unused')),
    async request<T>(
      { verb, resource, subresource }: KubeCall,
      { name = '' }: KubeTarget,
      { query, body }: KubeRequest = {},
    ) {
      const answer = (value: unknown) => value as T;
      if (resource === 'customresourcedefinitions' && verb === 'get') {
        const versions = [
          { name: 'v1', storage: false },
          { name: 'v2', storage: true },
        ];
        return answer({ metadata: { resourceVersion: '7' }, spec: { versions }, status: { storedVersions: stored } });
      }
      if (verb === 'list') {
        const index = Number(query?.continue ?? 0);
        const items = (pages[index] ?? []).map((one) => ({ metadata: { namespace: 'n', name: one } }));
        const left = pages.slice(index + 1).flat().length;
        const more = left > 0 ? { continue: String(index + 1), remainingItemCount: left } : {};
        return answer({ metadata: more, items });
      }
      if (name === gone) throw new KubeError(404, 'NotFound', 'it is gone');
      sent.push(`${verb} ${name}${subresource === undefined ? '' : `/${subresource}`} ${JSON.stringify(body)}`);
      return answer({});
    },
  };
  const told: string[] = [];
  const run = () =>
    migrateStorage({
      ...{ client, crd: 'x.y', signal: new AbortController().signal },
      progress: (done, all) => told.push(`${done}/${all}`),
    });
  return { run, sent, told };
}

it('writes every object again without a change, page by page, and then forgets the old version of the CRD it read', async () => {
  const { run, sent, told } = setUp();
  expect(await run()).toEqual({ before: ['v1', 'v2'], after: ['v2'], written: 3, gone: 0 });
  expect(sent).toEqual([
    ...['patch a {}', 'patch b {}', 'patch c {}'],
    'patch x.y/status {"metadata":{"resourceVersion":"7"},"status":{"storedVersions":["v2"]}}',
  ]);
  expect(told).toEqual(['1/3', '2/3', '3/3']);
});

it('what is deleted meanwhile is counted, and is no failure', async () => {
  const { run, sent } = setUp({ gone: 'b' });
  expect(await run()).toMatchObject({ written: 2, gone: 1, after: ['v2'] });
  expect(sent).toHaveLength(3);
});

it('does nothing where nothing is stored in an old version', async () => {
  const { run, sent } = setUp({ stored: ['v2'] });
  expect(await run()).toEqual({ before: ['v2'], after: ['v2'], written: 0, gone: 0 });
  expect(sent).toEqual([]);
});

it('forgets no version when it could not write all', async () => {
  const { run, sent } = setUp({ gone: 'x.y' });
  await expect(run()).rejects.toMatchObject({ status: 404 });
  expect(sent.some((one) => one.includes('status'))).toBe(false);
});
