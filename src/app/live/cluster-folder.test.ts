import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFolder, clusterFolder } from './cluster-folder.ts';
import type { ClusterIdentity } from './cluster-identity.ts';

let home: string;
let said: string[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidewatch-folder-'));
  said = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

const say = { line: (text: string) => void said.push(text), update: () => undefined };
const cluster = (uid: string | undefined, change: Partial<ClusterIdentity> = {}): ClusterIdentity => ({
  ...{ name: 'default', server: 'https://10.0.0.1', access: `hash-of-${uid}` },
  ...(uid === undefined ? {} : { uid }),
  ...change,
});
const holding = (stream?: string) => ({
  position: async () => (stream === undefined ? undefined : { seenMs: 1, stream }),
});

/** As `run` does: finds the folder, opens the store that is there, and claims it. */
async function visit(of: ClusterIdentity, options: { chosen?: string; stored?: string } = {}): Promise<string> {
  const folder = await clusterFolder({ chosen: options.chosen, home }, of, say);
  await claimFolder(folder, holding(options.stored), of);
  return folder;
}

test('clusters with one name, or with long names that begin alike, have folders of their own', async () => {
  const first = await visit(cluster('11111111-aaaa'));
  expect(await visit(cluster('22222222-bbbb'))).not.toBe(first);
  expect(await visit(cluster('11111111-aaaa'))).toBe(first);
  const arn = 'arn:aws:eks:eu-central-1:123456789012:cluster/';
  expect(await visit(cluster('33333333-cccc', { name: `${arn}prod-a` }))).toMatch(/prod-a-33333333$/);
  expect(await visit(cluster('44444444-dddd', { name: `${arn}staging-b` }))).toMatch(/staging-b-44444444$/);
});

test('a cluster finds its folder under another name, at another address, and goes on in its stream', async () => {
  const first = await visit(cluster('11111111-aaaa'));
  const moved = cluster('11111111-aaaa', { name: 'prod', server: 'https://10.0.0.2', access: 'another' });
  expect(await visit(moved)).toBe(first);
  expect(await claimFolder(first, holding('cluster:default'), moved)).toBe('cluster:default');
});

test('where its id may not be read it goes by address and authority, and by the id once that may be read', async () => {
  const first = await visit(cluster(undefined));
  expect(await visit(cluster(undefined, { access: 'another' }))).not.toBe(first);
  expect(await visit(cluster('11111111-aaaa', { access: cluster(undefined).access }))).toBe(first);
  expect(await visit(cluster('11111111-aaaa', { access: 'moved' }))).toBe(first);
  // Without the right again, and one that was set up anew at the same address.
  expect(await visit(cluster(undefined, { access: 'moved' }))).toBe(first);
  expect(await visit(cluster('22222222-bbbb', { access: 'moved' }))).not.toBe(first);
});

test('a folder of another cluster, of an earlier one or of a replay is refused', async () => {
  const chosen = await visit(cluster('11111111-aaaa'));
  const code = 'other-stream';
  await expect(visit(cluster('22222222-bbbb'), { chosen })).rejects.toMatchObject({ code });
  const another = join(home, 'another');
  await mkdir(another);
  await expect(visit(cluster('2'), { chosen: another, stored: 'cluster:prod' })).rejects.toMatchObject({ code });
  await expect(visit(cluster('2'), { chosen: another, stored: 'day@1' })).rejects.toThrow(/replay.*--data/);
  expect(await readdir(another)).toEqual([]);
});

test('what an earlier version kept under the name alone is told of once, and chosen it is this cluster’s alone', async () => {
  const old = join(home, 'cluster-default-live');
  await mkdir(old);
  const own = cluster('11111111-aaaa');
  expect(await visit(own)).not.toBe(old);
  expect(said.join(' ')).toContain(`--data ${old}`);
  said = [];
  await visit(own);
  expect(said).toEqual([]);
  await visit(own, { chosen: old, stored: 'cluster:default' });
  const other = visit(cluster('22222222-bbbb'), { chosen: old, stored: 'cluster:default' });
  await expect(other).rejects.toMatchObject({ code: 'other-stream' });
});

test('a note that cannot be read makes the data nobody’s', async () => {
  const own = cluster('11111111-aaaa');
  const folder = await visit(own);
  await writeFile(join(folder, 'cluster.json'), '{');
  await expect(visit(own)).rejects.toThrow(/cluster.json/);
  await visit(cluster('22222222-bbbb'));
});
